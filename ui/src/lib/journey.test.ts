import { beforeEach, describe, expect, it } from "vitest";

import { FakeBackend } from "../test/fake_backend";
import { reference } from "../test/views";
import { Journey, toError } from "./journey.svelte";

let backend: FakeBackend;
let journey: Journey;

beforeEach(async () => {
  backend = new FakeBackend("en");
  journey = new Journey(backend);
  await journey.start();
});

const commands = () => backend.calls.map(([name]) => name);

describe("the way through the window", () => {
  it("begins at home with the shell", () => {
    expect(journey.screen.at).toBe("home");
    expect(commands()).toEqual(["shell", "home"]);
  });

  it("shows the error page when it cannot begin, and begins again from there", async () => {
    backend.failures.set("shell", backend.views.error);
    const other = new Journey(backend);
    await other.start();
    expect(other.screen).toEqual({ at: "error", error: backend.views.error });
    await other.retry();
    expect(other.screen.at).toBe("home");
  });

  it("keeps the page and shows the error where the step failed", async () => {
    backend.next = backend.views.pages.finding;
    await journey.openReference(reference);
    backend.failures.set("act", backend.views.error);
    await journey.act({ do: "hand_over" });
    expect(journey.page).toContain("finding");
    expect(journey.trouble).toEqual(backend.views.error);
    await journey.act({ do: "hand_over" });
    expect(journey.trouble).toBeUndefined();
  });

  it("does nothing on a second press while the first is under way", async () => {
    backend.next = backend.views.pages.fix;
    await journey.openReference(reference);
    await Promise.all([journey.act({ do: "fix_done", fix: "a" }), journey.act({ do: "fix_done", fix: "a" })]);
    expect(commands().filter((name) => name === "act")).toHaveLength(1);
  });

  it("cancels a measurement that nobody watches any more, and stays where the person went", async () => {
    await journey.startCase("internet", "");
    const measuring = journey.measure(() => undefined);
    await journey.home();
    await measuring;
    expect(backend.calls).toContainEqual(["cancel", reference]);
    expect(journey.screen.at).toBe("home");
  });

  it("is not pulled back by an answer that comes too late", async () => {
    await journey.startCase("internet", "");
    backend.cancel = () => Promise.resolve();
    const measuring = journey.measure(() => undefined);
    await journey.home();
    backend.finish(backend.views.pages.finding);
    await measuring;
    expect(journey.screen.at).toBe("home");
  });

  it("acts only after the measurement that it ended has been written down", async () => {
    await journey.startCase("internet", "");
    const order: string[] = [];
    backend.cancel = () => {
      setTimeout(() => {
        order.push("measured");
        backend.finish(backend.views.pages.question);
      }, 5);
      return Promise.resolve();
    };
    const act = backend.act.bind(backend);
    backend.act = (...asked) => {
      order.push("acted");
      backend.next = backend.views.pages.hand_over;
      return act(...asked);
    };
    const measuring = journey.measure(() => undefined);
    await Promise.resolve();
    await journey.act({ do: "hand_over" });
    await measuring;
    expect(order).toEqual(["measured", "acted"]);
    expect(journey.page).toContain("hand_over");
  });

  it("keeps an error of a step to the page it happened on", async () => {
    backend.next = backend.views.pages.hand_over;
    await journey.openReference(reference);
    await journey.review();
    let fail: (reason: unknown) => void = () => undefined;
    backend.changeReview = () => new Promise((_, reject) => { fail = reject; });
    const change = journey.changeReview({ words: "x" });
    await journey.home();
    fail(backend.views.error);
    await change;
    expect(journey.screen.at).toBe("home");
    expect(journey.trouble).toBeUndefined();
  });

  it("goes on with what is known when a measurement is cancelled", async () => {
    await journey.startCase("internet", "");
    const measuring = journey.measure(() => undefined);
    await Promise.resolve();
    backend.next = backend.views.pages.question;
    await journey.cancel();
    await measuring;
    expect(journey.page).toBe(`case:${reference}:question:router-lamp`);
  });

  it("goes back inside the case where it can, and home where it began", async () => {
    backend.next = backend.views.pages.finding;
    await journey.openReference(reference);
    await journey.back();
    expect(backend.calls.at(-1)).toEqual(["act", reference, { do: "back" }]);
    backend.next = backend.views.pages.checking;
    await journey.openReference(reference);
    await journey.back();
    expect(journey.screen.at).toBe("home");
  });

  it("goes back from a file to the review, and from there to the case", async () => {
    backend.next = backend.views.pages.hand_over;
    await journey.openReference(reference);
    await journey.review();
    await journey.readFile("facts.json");
    expect(journey.page).toBe("file:facts.json");
    await journey.back();
    expect(journey.screen.at).toBe("review");
    await journey.back();
    expect(journey.page).toContain("hand_over");
  });

  it("tells the parts of a change that stay as they are", async () => {
    backend.next = backend.views.pages.hand_over;
    await journey.openReference(reference);
    await journey.review();
    await journey.changeReview({ words: "It is broken" });
    expect(backend.calls.at(-1)).toEqual(["change_review", reference, { words: "It is broken", priority: null, contact: null, removed: null, readable: null }]);
  });

  it("tells two questions apart, and one from itself not", async () => {
    const question = backend.views.pages.question;
    backend.next = question;
    await journey.openReference(reference);
    const first = journey.page;
    await journey.act({ do: "answer", question: question.id, answer: null });
    expect(journey.page).toBe(first);
    backend.next = { ...question, id: "other" };
    await journey.act({ do: "answer", question: question.id, answer: null });
    expect(journey.page).not.toBe(first);
  });
});

describe("an error nobody has words for", () => {
  it("still says what happened, and keeps its text for support", () => {
    const error = toError("command not found");
    expect(error.code).toBe("command not found");
    expect(error.happened).not.toBe("");
    expect(toError(new Error("boom")).code).toBe("boom");
  });
});

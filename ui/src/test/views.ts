/**
 * Recorded views: what the application answers on a computer whose router looks up no names.
 *
 * Plain data in both languages, for the tests and the gallery. Nothing here behaves.
 */
import type { PageOf } from "../lib/backend/pages";
import type { CasePage } from "../lib/backend/types/CasePage";
import type { CaseView } from "../lib/backend/types/CaseView";
import type { FoldersView } from "../lib/backend/types/FoldersView";
import type { CheckGroup } from "../lib/backend/types/CheckGroup";
import type { CheckRow } from "../lib/backend/types/CheckRow";
import type { ErrorView } from "../lib/backend/types/ErrorView";
import type { FileView } from "../lib/backend/types/FileView";
import type { FixView } from "../lib/backend/types/FixView";
import type { HitView } from "../lib/backend/types/HitView";
import type { HomeView } from "../lib/backend/types/HomeView";
import type { ReviewView } from "../lib/backend/types/ReviewView";
import type { SentView } from "../lib/backend/types/SentView";
import type { ShellView } from "../lib/backend/types/ShellView";
import type { TicketRow } from "../lib/backend/types/TicketRow";
import type { Language } from "../lib/text/index.svelte";

export const reference = "BF-7K3Q-92MD";

export type Views = {
  shell: ShellView;
  home: HomeView;
  hits: HitView[];
  tickets: TicketRow[];
  review: ReviewView;
  file: FileView;
  error: ErrorView;
  updates: CheckRow[];
  pages: { [Name in CasePage["page"]]: PageOf<Name> };
};

export function caseOn(page: CasePage, language: Language, folders: FoldersView | null = null): CaseView {
  return {
    reference,
    guide: "internet",
    title: language === "de" ? "Kein Internet" : "No internet",
    words: "",
    can_go_back: page.page !== "checking",
    page,
    folders,
  };
}

/** A home with one large folder, in one language. */
export function someFolders(language: Language): FoldersView {
  const say = (de: string, en: string) => (language === "de" ? de : en);
  return {
    title: say("Die größten Ordner in Ihrem persönlichen Ordner", "The largest folders of your home"),
    rows: [
      { path: say("~/Videos/Urlaub an der Nordsee 2024", "~/Videos/Holiday at the North Sea 2024"), size: say("182,4 GB", "182.4 GB"), share: say("61 %", "61%") },
      { path: "~/.local/share/Trash", size: say("40,2 GB", "40.2 GB"), share: say("13 %", "13%") },
      { path: say("Dateien direkt im persönlichen Ordner", "files in the home folder itself"), size: say("3,1 GB", "3.1 GB"), share: say("1 %", "1%") },
    ],
    notes: [
      say("Angesehene Ordner: 12.480, zusammen 298,0 GB.", "Folders that were looked at: 12,480, with 298.0 GB in all."),
      say("Diese Namen bleiben auf diesem Computer. In einem Paket stehen Platzhalter für sie.", "These names stay on this computer. In a package placeholders stand for them."),
    ],
  };
}

/** The views in one language. */
export function views(language: Language): Views {
  const say = (de: string, en: string) => (language === "de" ? de : en);

  const measured: [string, string, string, string, string | null][] = [
    ["network.link", say("Netzwerkverbindung", "Network connection"), "ok", say("Kabel „enp3s0“ ist verbunden.", "Cable “enp3s0” is connected."), null],
    ["network.address", say("Adresse im Netz", "Address in the network"), "ok", say("192.168.178.24", "192.168.178.24"), null],
    ["time.offset", say("Datum und Uhrzeit", "Date and time"), "ok", say("Die Uhr geht richtig.", "The clock is right."), say("0,2 s", "0.2 s")],
    ["router.answers", say("Der Router antwortet", "The router answers"), "ok", "", "3 ms"],
    ["router.outside", say("Verbindung nach draußen", "Connection to the outside"), "ok", "", "14 ms"],
    ["dns.router", say("DNS-Server des Routers", "DNS server in the router"), "fail", say("Sucht zu Namen die Adresse. Seit 5 Sekunden keine Antwort.", "Finds the address for a name. No answer for 5 seconds."), "5 s"],
    ["dns.other", say("Ein anderer DNS-Server (9.9.9.9)", "Another DNS server (9.9.9.9)"), "running", say("So sehen wir, ob es nur am Router liegt.", "This shows whether only the router is to blame."), null],
    ["web.pages", say("Webseiten sind erreichbar", "Web pages can be reached"), "waiting", "", null],
    ["web.tls", say("Verbindungen sind sicher verschlüsselt", "Connections are encrypted"), "waiting", "", null],
    ["web.portal", say("Keine Anmeldeseite dazwischen", "No sign-in page in between"), "waiting", "", null],
    ["net.ipv6", say("Internet über IPv6", "Internet over IPv6"), "unknown", say("Nicht gemessen: keine Adresse dieser Art vorhanden", "Not measured: there is no address of this kind"), null],
  ];
  const rows = measured.map(([check, title, status, text, value]): CheckRow => ({ check, title, status, text, value }));
  const row = (check: string): CheckRow => {
    const found = rows.find((each) => each.check === check);
    if (!found) throw new Error(`no recorded row ${check}`);
    return found;
  };
  const groups: CheckGroup[] = [
    { label: say("Dieser Computer", "This computer"), rows: ["network.link", "network.address", "time.offset"].map(row) },
    { label: "Router", rows: ["router.answers", "router.outside"].map(row) },
    { label: say("Namen finden (DNS)", "Finding names (DNS)"), rows: ["dns.router", "dns.other"].map(row) },
    { label: "Internet", rows: ["web.pages", "web.tls", "web.portal", "net.ipv6"].map(row) },
  ];

  const fix: FixView = {
    id: "restart-router",
    title: say("Router neu starten", "Restart the router"),
    summary: say(
      "Danach schlägt er Namen meist wieder nach. Das dauert etwa 3 Minuten.",
      "After that it usually looks names up again. It takes about 3 minutes.",
    ),
    steps: language === "de"
      ? ["Ziehen Sie den Netzstecker des Routers.", "Warten Sie 30 Sekunden.", "Stecken Sie ihn wieder ein und warten Sie, bis die Lampe „Internet“ dauerhaft leuchtet."]
      : ["Pull the power plug of the router.", "Wait for 30 seconds.", "Plug it in again and wait until the lamp “Internet” is on without blinking."],
    takes: say("Etwa 3 Minuten", "About 3 minutes"),
    risk: "low",
    risk_text: say("Alle Geräte an diesem Router sind so lange ohne Internet.", "All devices on this router are without internet for that time."),
  };

  const spelled = language === "de"
    ? ["Berlin", "Frankfurt", "", "sieben", "Köln", "drei", "Quickborn", "", "neun", "zwei", "München", "Düsseldorf"]
    : ["Bravo", "Foxtrot", "", "seven", "Kilo", "three", "Quebec", "", "nine", "two", "Mike", "Delta"];
  const sent: SentView = {
    reference,
    spelled: reference.split("").map((character, index) => ({ character, word: spelled[index] ?? "" })),
    state: "filed",
    state_text: say("Abgegeben heute, 14:12 Uhr", "Filed today, 2:12 pm"),
    reason: null,
    next: [
      { when: say("Heute bis 16 Uhr", "Today until 4 pm"), what: say("Jemand vom IT-Service meldet sich unter 030 23125-317.", "Somebody from IT support calls you at 030 23125-317.") },
      { when: say("Im Gespräch", "On the phone"), what: say("Ihr Gegenüber hat die Messungen vor sich. Sie müssen nichts noch einmal erklären.", "They have the measurements before them. You do not need to explain anything again.") },
    ],
    package: `Befund-${reference}.zip`,
    size: say("84 kB", "84 kB"),
    folder: `/home/user/.local/share/befund/desk/${reference}`,
  };

  const unsent = say(
    "Ein Ordner oder eine Datei ist nicht benutzbar: /mnt/tickets (Transport endpoint is not connected). Das Ticket ließ sich dort nicht speichern. Was Sie eingegeben haben, ist nicht verloren. Prüfen Sie, ob das Laufwerk noch verbunden ist. Senden Sie das Ticket dann noch einmal.",
    "A folder or file cannot be used: /mnt/tickets (Transport endpoint is not connected). The ticket could not be saved there. What you entered is not lost. Check that the drive is still connected. Then send the ticket again.",
  );
  const tickets: TicketRow[] = [
    { reference: "BF-4H8T-61RX", subject: say("Kein Internet", "No internet"), state: "filed", state_text: say("Abgegeben", "Filed"), when: say("22.11.2026, 15:20 Uhr", "22 November 2026, 3:20 pm"), reason: null, folder: "/home/user/.local/share/befund/desk/BF-4H8T-61RX" },
    { reference: "BF-92MD-7K3Q", subject: say("Kein Internet: Keine Webseite öffnet sich", "No internet: no website opens"), state: "waiting", state_text: say("Liegt bereit, noch nicht abgegeben", "Ready, not filed yet"), when: say("heute, 09:02 Uhr", "today, 9:02 am"), reason: unsent, folder: null },
  ];

  const evidence = [
    { title: row("dns.router").title, value: say("keine Antwort in 5 s", "no answer in 5 s"), usual: say("unter 50 ms", "under 50 ms"), status: "fail", speaks: "for" },
    { title: row("dns.other").title, value: "18 ms", usual: say("unter 50 ms", "under 50 ms"), status: "ok", speaks: "for" },
    { title: say("Internet ohne Namen", "Internet without names"), value: "14 ms", usual: say("unter 80 ms", "under 80 ms"), status: "ok", speaks: "for" },
    { title: say("Anmeldeseite", "Sign-in page"), value: say("keine gefunden", "none found"), usual: null, status: "ok", speaks: "neither" },
  ];
  const unmeasured = [{ title: row("net.ipv6").title, value: say("Keine Adresse dieser Art vorhanden", "There is no address of this kind"), usual: null, status: "unknown", speaks: "neither" }];

  return {
    shell: {
      language,
      settings: { language: "system", theme: "system" },
      help: { name: say("IT-Service der Musterwerke", "IT support of Musterwerke"), phone: "030 23125-042", hours: say("heute bis 18 Uhr", "today until 6 pm"), mail: "it-service@musterwerke.example" },
      waiting: 1,
      notices: [],
      version: "0.1.0",
    },
    home: {
      symptoms: [
        { guide: "internet", title: say("Kein Internet", "No internet"), subtitle: say("Webseiten öffnen sich nicht", "Web pages do not open"), icon: "globe", topic: "network", common: true },
        { guide: "slow", title: say("Computer ist langsam", "Computer is slow"), subtitle: say("Programme reagieren spät oder gar nicht", "Programs answer late or not at all"), icon: "gauge", topic: "computer", common: true },
        { guide: "printer", title: say("Drucker druckt nicht", "Printer does not print"), subtitle: say("Auftrag hängt oder nichts kommt heraus", "Job is stuck or nothing comes out"), icon: "printer", topic: "devices", common: true },
      ],
      cases: [{ reference, title: say("Kein Internet", "No internet"), when: say("heute, 13:58 Uhr", "today, 1:58 pm") }],
      tickets,
    },
    hits: [{ kind: "guide", id: "internet", title: say("Kein Internet", "No internet"), subtitle: say("Webseiten öffnen sich nicht", "Web pages do not open"), score: 3.2 }],
    tickets,
    review: {
      reference,
      subject: say("Kein Internet", "No internet"),
      words: say("Seit heute Mittag öffnet sich keine Seite mehr. Teams geht auch nicht.", "Since noon no page opens any more. Teams does not work either."),
      finding: say("Der DNS-Server Ihres Routers antwortet nicht", "The DNS server in your router does not answer"),
      tried: [say("Router neu starten: hat nicht geholfen", "Restart the router: did not help")],
      priority: "normal",
      contact: { name: "Erika Mustermann", phone: "030 23125-317", mail: "", preferred: "phone" },
      privacy: [
        { title: say("Technisch", "Technical"), example: say("Betriebssystem, Speicher, Messwerte", "Operating system, memory, measurements"), what: say("lesbar", "readable"), kind: "readable", shown: null },
        { title: say("Ihr Netz", "Your network"), example: say("Adressen, Namen von Rechnern", "Addresses, names of computers"), what: say("61 ersetzt", "61 replaced"), kind: "replaced", shown: null },
        { title: say("Persönlich", "Personal"), example: say("Ihr Name, Ordner, Seriennummern", "Your name, folders, serial numbers"), what: say("32 ersetzt", "32 replaced"), kind: "replaced", shown: say("ein Wert auf Ihren Wunsch lesbar", "one value readable at your wish") },
        { title: say("Geheim", "Secret"), example: say("Passwörter, Schlüssel, Zugangscodes", "Passwords, keys, access codes"), what: say("Wird nie gespeichert", "Never stored"), kind: "never", shown: null },
      ],
      values: [
        { placeholder: "[user-1]", kind: "Person", value: "mustermann.e", readable: true },
        { placeholder: "[home-1]", kind: say("Benutzerordner", "Home folder"), value: "/home/mustermann.e", readable: false },
        { placeholder: "[host-1]", kind: "Computer", value: "nb-4711.musterwerke.example", readable: false },
        { placeholder: "[mac-1]", kind: say("Hardware-Adresse", "Hardware address"), value: "3c:a9:f4:1b:2c:3d", readable: false },
        { placeholder: "[ip-1]", kind: say("Öffentliche Adresse", "Public address"), value: "2001:db8:4711:17:3ea9:f4ff:fe1b:2c3d", readable: false },
      ],
      files: [
        { name: "README.txt", about: say("Was in diesem Paket ist", "What is in this package"), size: "2 kB", removable: false, removed: false },
        { name: "report.html", about: say("Zusammenfassung zum Lesen und Drucken", "Summary to read and print"), size: "24 kB", removable: true, removed: false },
        { name: "facts.json", about: say("Alle Messwerte", "All measurements"), size: "36 kB", removable: true, removed: false },
        { name: "session.json", about: say("Was wann geschah", "What happened when"), size: "9 kB", removable: true, removed: true },
      ],
      bytes: 84_000,
      not_collected: [say("Nicht gesammelt: Meldungen des Druckdienstes (auf diesem Computer nicht vorhanden)", "Not collected: messages of the print service (this computer does not have it)")],
      size: "84 kB",
      limit: "10 MB",
      limit_bytes: 10_000_000,
      destination: say("Ordner auf diesem Computer, den der IT-Service abholt", "A folder on this computer that IT support collects from"),
      blocked: null,
    },
    file: {
      name: "facts.json",
      text: '{\n  "os": { "name": "Ubuntu", "version": "24.04" },\n  "host": "[host-1]",\n  "addresses": ["192.168.178.24", "[ip-2]"]\n}\n',
      shortened: false,
    },
    error: {
      code: "package.leak",
      happened: say("Das Paket wurde nicht gesendet", "The package was not sent"),
      means: say("In facts.json, Zeile 12, steht noch ein Rechnername, der ersetzt sein müsste.", "Line 12 of facts.json still holds a computer name that should be replaced."),
      todo: say("Entfernen Sie die Datei, oder rufen Sie den IT-Service an.", "Remove the file, or call IT support."),
    },
    updates: [row("dns.router"), { ...row("dns.other"), status: "ok", value: "18 ms", text: "" }],
    pages: {
      checking: { page: "checking", purpose: "first", groups },
      site: { page: "site" },
      measure: {
        page: "measure",
        subject: "throughput",
        title: say("Darf Befund messen, wie viel Ihre Verbindung überträgt?", "May Befund measure how much your connection carries?"),
        what: say(
          "Befund holt Daten vom Messserver Ihrer Organisation und sendet welche zurück. Dabei sieht es, wie lange Antworten brauchen. Bis das vorbei ist, kann das Internet für alle in Ihrem Netz langsam sein. Wenn Sie später eine Lösung ausprobieren, misst Befund noch einmal.",
          "Befund fetches data from your organisation's test server and sends data back, and sees how long answers take meanwhile. Until it is over, the internet may be slow for everybody in your network. If you try a fix later, Befund measures once more.",
        ),
        why: say("Was bisher geprüft wurde, ist in Ordnung. Was diese Messung zeigt, ist anders nicht zu sehen.", "What has been checked so far is in order. What this measurement shows cannot be seen in any other way."),
        data: say("10,0 MB", "10.0 MB"),
        time: say("10 Sekunden", "10 seconds"),
        hosts: ["messung.firma.example"],
      },
      question: {
        page: "question",
        id: "router-lamp",
        ask: say("Leuchtet die Lampe „Internet“ an Ihrem Router?", "Is the lamp “Internet” on your router on?"),
        hint: say("Auf manchen Geräten heißt sie „Online“, „DSL“ oder „@“.", "On some devices it is called “Online”, “DSL” or “@”."),
        answers: [
          { id: "steady", label: say("Ja, sie leuchtet dauerhaft", "Yes, it is on all the time") },
          { id: "blinking", label: say("Sie blinkt", "It blinks") },
          { id: "off", label: say("Nein, sie ist aus", "No, it is off") },
          { id: "red", label: say("Sie leuchtet rot oder orange", "It is red or orange") },
        ],
        why: say("Die Lampe zeigt, ob Ihr Router selbst mit dem Internet verbunden ist. Von hier aus können wir das nicht messen.", "The lamp shows whether your router itself is connected to the internet. We cannot measure that from here."),
        given: null,
      },
      finding: {
        page: "finding",
        cause: "router-dns",
        likelihood: say("Sehr wahrscheinlich die Ursache", "Very likely the cause"),
        weight: "bad",
        title: say("Der DNS-Server Ihres Routers antwortet nicht", "The DNS server in your router does not answer"),
        meaning: say(
          "Ihre Leitung ins Internet ist in Ordnung. Ihr Router schlägt nur keine Namen wie example.org mehr nach, deshalb öffnet sich keine Webseite. Dateien und Programme sind nicht betroffen.",
          "Your line to the internet is fine. Only your router has stopped looking up names such as example.org, so no web page opens. Your files and programs are not affected.",
        ),
        beside: say(
          "Wahrscheinlich ist noch etwas nicht in Ordnung: Die Uhr dieses Computers geht falsch. Geht es danach noch nicht, macht Befund damit weiter.",
          "Probably something else is wrong as well: The clock of this computer is wrong. If it still does not work afterwards, Befund goes on with that.",
        ),
        path: [
          { icon: "laptop", label: say("Ihr Computer", "Your computer"), status: "ok", word: say("In Ordnung", "Fine") },
          { icon: "router", label: "Router", status: "ok", word: say("In Ordnung", "Fine") },
          { icon: "book", label: say("DNS im Router", "DNS in the router"), status: "fail", word: say("Antwortet nicht", "No answer") },
          { icon: "globe", label: "Internet", status: "ok", word: say("Erreichbar", "Reachable") },
        ],
        fix,
        evidence,
        unmeasured,
      },
      fix: { page: "fix", fix },
      verify: {
        page: "verify",
        fix: fix.title,
        all_ok: true,
        ok_count: 3,
        at: say("14:07 Uhr", "2:07 pm"),
        rows: [
          { title: row("dns.router").title, before: say("keine Antwort", "no answer"), now: "18 ms", status: "ok" },
          { title: row("web.pages").title, before: say("nicht möglich", "not possible"), now: say("0,3 s", "0.3 s"), status: "ok" },
          { title: row("web.portal").title, before: say("nicht gemessen", "not measured"), now: say("keine gefunden", "none found"), status: "ok" },
        ],
      },
      no_problem: { page: "no_problem", rows: evidence.map((each) => ({ ...each, status: "ok" })), unmeasured, at: say("14:03 Uhr", "2:03 pm") },
      hand_over: {
        page: "hand_over",
        why: say("Alles, was Sie selbst tun können, ist versucht. Weiter zu raten würde Sie mehr Zeit kosten als ein Anruf.", "All you can do yourself has been tried. Going on guessing would cost you more time than a call."),
        first_steps: [],
        question: null,
        unmeasured: false,
        cause: say("Wahrscheinlich liegt es am Router.", "It is probably the router."),
        tried: [say("Router neu starten: hat nicht geholfen", "Restart the router: did not help")],
      },
      solved: { page: "solved", fix: fix.title },
      sent: { page: "sent", sent },
    },
  };
}

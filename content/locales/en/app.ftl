# Texts of the application itself: what the window and the terminal share.

## Errors: what happened, what it means, what to do
error-no-home-happened = Your account has no folder for data.
error-no-home-means = Befund cannot keep your case.
error-no-home-todo = Call IT support. For them: { $detail }
error-data-happened = A file of Befund could not be read or written.
error-data-means = The last step is not saved. Everything before it is.
error-data-todo = Free some space on the disk and try again. If it happens again, tell IT support: { $detail }
error-no-guide-happened = There is no such guide on this computer.
error-no-guide-means = The link or the choice is out of date.
error-no-guide-todo = Choose what fits best on the home page.
error-no-check-happened = There is no such check on this computer.
error-no-check-means = Its name is mistyped or out of date.
error-no-check-todo = Look for its name in the list of all checks. { $detail }
error-site-happened = That is not the address of a website.
error-site-means = The way it is written, it cannot be opened. { $detail }
error-site-todo = Write the address as in the browser, for example www.example.org.
error-no-case-happened = This case is not on this computer.
error-no-case-means = It was begun elsewhere, or its data was deleted.
error-no-case-todo = Start again on the home page.
error-reference-happened = This number cannot be right.
error-reference-means = A character is missing or was misheard.
error-reference-todo = Compare it character by character. { $detail }
error-journal-happened = The record of this case is damaged.
error-journal-means = Befund cannot go on with it. Other cases are not affected.
error-journal-todo = Start again on the home page. For IT support: { $detail }
error-not-now-happened = This step does not fit any more.
error-not-now-means = The case has gone on in the meantime, perhaps in another window.
error-not-now-todo = Go to the home page and continue the case from there.
error-no-file-happened = This file cannot be left out.
error-no-file-means = The package does not have it, or cannot do without it.
error-no-file-todo = Choose one of the files in the list. { $detail }
error-policy-happened = Nothing was sent.
error-policy-means = Befund cannot read the settings of your organisation, and they say where your message goes. Your case is saved.
error-policy-todo = Call IT support and give them your number. For them: { $detail }
error-content-happened = A guide or a check could not be read.
error-content-means = The rest of Befund works.
error-content-todo = Tell IT support: { $detail }
error-package-happened = The package was not made.
error-package-means = Nothing has left this computer.
error-package-todo = Tell IT support: { $detail }
error-desk-happened = Your message could not be filed.
error-desk-means = Your case is saved, and nothing is lost.
error-desk-todo = Try again. If it happens again, tell IT support: { $detail }
error-unexpected-happened = This step did not work.
error-unexpected-means = Befund met something it was not prepared for. Your case is saved.
error-unexpected-todo = Close Befund and start it again. Your case goes on where it was.

station-fail = Does not work

station-not-applicable = Not in use

## Groups of checks
group-this_computer = This computer
group-router = Router
group-names = Finding names (DNS)
group-internet = Internet

## Outcomes
outcome-cause-found = { $likelihood }: { $title }
outcome-no-problem = Everything that was checked is in order.
outcome-beside = Also likely: { $title }
outcome-unsure = No cause stands out. IT support can go on with the findings.
outcome-contradictory = What was measured and answered fits no known cause. IT support can go on with the findings.
checking-so-far-fine = So far all is well. Some measurements are still running.
checking-so-far-cause = So far it looks like this: { $title }. Some measurements are still running.
next-question = Next question: { $title }
next-fix = What helps: { $title }
next-try = Worth a try: { $title }
next-still-broken = If it still does not work, “befund guide { $guide }” goes on asking.
next-hand-over = It is best that IT support takes over now.
next-measure-throughput = Next, Befund would measure how much the connection carries. With --measure you agree to that.
next-measure-folders = Next, Befund would look for the largest folders. With --measure you agree to that.
answer-unknown = I don’t know

## Fixes
takes = about { $time }
risk-low = Nothing can break. Your files and settings stay as they are.
risk-medium = Something is interrupted for a moment. Save your work first.
risk-high = Save your work first. Ask IT support if you are unsure.
tried-helped = { $fix }: it helped
tried-partly = { $fix }: it helped in part
tried-failed = { $fix }: it did not help
tried-open = { $fix }: done, and not yet known whether it helped
hand-over-asked = You asked for help from a person.

# Measurements that cost something. One title and one explanation a subject.
measure-throughput-title = May Befund measure how much your connection carries?
measure-throughput-what = Befund fetches data from your organisation's test server and sends data back. Meanwhile it sees how long answers take. Until it is over, the internet may be slow for everybody in your network. If you try a fix later, Befund measures once more.
measure-throughput-what-receives = Befund fetches data from your organisation's test server. Meanwhile it sees how long answers take. Until it is over, the internet may be slow for everybody in your network. If you try a fix later, Befund measures once more.
measure-folders-title = May Befund look for the largest folders?
measure-folders-what = Befund adds up what the folders of your home take up and shows you the ten largest, with their names. It opens no file and changes nothing. The names stay on this computer; in a package placeholders stand for them.

# The largest folders of the home, and how far the search for them is.
folders-title = The largest folders of your home
folders-own-files = files in the home folder itself
folders-seen = Folders that were looked at: { $folders }, with { $size } in all.
folders-unreadable = Folders that could not be looked into: { $count }.
folders-elsewhere = Folders on other disks, left out: { $count }.
folders-not-all = The search ended before everything was seen. There may be larger folders.
folders-names = These names stay on this computer. In a package placeholders stand for them.
checking-folders = Folders so far: { $folders }, with { $size }.

## Ticket
ticket-subject = { $title }: { $finding }
finding-none = No cause stands out. All measurements are in the package.
finding-not-measured = Nothing was measured.
finding-no-problem = All measurements are in order. The problem is still there.
finding-beside = Probably something else is wrong as well: { $title }. If it still does not work afterwards, Befund goes on with that.
finding-two = { $first }; also: { $second }
destination-local = A folder of this computer. IT support fetches it there.
destination-folder = The folder of { $name }.
desk-name = IT support
privacy-technical = Technical
privacy-technical-example = Operating system, storage, measured values
privacy-network = Your network
privacy-network-example = Public addresses, hardware addresses, names of networks
privacy-personal = Personal
privacy-personal-example = Your name, this computer’s name, folders, mail addresses
privacy-secret = Secret
privacy-secret-example = Passwords, keys, access codes
privacy-readable = { $count ->
    [one] one value readable
   *[other] { $count } values readable
}
privacy-replaced = { $count ->
    [0] nothing found to replace
    [one] replaced in one place
   *[other] replaced in { $count } places
}
privacy-never = Never saved
privacy-nothing-replaced = nothing replaced
privacy-shown = { $count ->
    [one] one value readable at your wish
   *[other] { $count } values readable at your wish
}
private-user = Person
private-home = Home folder
private-host = Computer
private-domain = Domain
private-mac = Hardware address
private-ip = Public address
private-ssid = Wi-Fi network
private-mail = Mail address
private-phone = Telephone number
private-serial = Serial number
ticket-filed = Filed
ticket-filed-at = Filed { $time }
ticket-waiting = Ready, Befund keeps trying
ticket-attention = Needs your attention
sent-next-now = Now
sent-next-filed-local = Your ticket and the package lie in a folder of this computer. Tell IT support your number.
sent-next-phone-when = On the phone
sent-next-phone = Whoever helps you has the measurements at hand. You do not have to explain anything twice.
sent-next-waiting = Befund keeps trying by itself, also after a restart. Your message is never filed twice.
sent-next-attention = See to what is in the way, and then send again. Until then your message is safe on this computer.
when-today = today, { $time }
when-date = { $date }, { $time }
log-about = What Befund did on this computer
evidence-not-collected = Not collected: { $what } ({ $why })
evidence-source-journal = the system's log
evidence-source-kernel = messages of the system's core
evidence-source-network-manager = messages of what looks after the network
evidence-source-printing = messages of the print service
evidence-source-crashes = programs that crashed
evidence-reason-not-requested = your organisation leaves it out
evidence-reason-no-permission = this account may not read it
evidence-reason-not-supported = this computer does not have it
evidence-reason-timed-out = no answer came
evidence-reason-nothing-to-measure = there was nothing in that time
evidence-reason-failed = it could not be read, or not be made unrecognisable safely
cli-evidence = These go with the ticket: { $files }

## Terminal
label-reference = Number
label-ticket = Ticket
label-package = Package
send-filed = The ticket is filed.
send-waiting = The ticket is not filed yet. It stays in the outbox, and Befund tries again.
send-attention = The ticket needs attention: { $detail }
outbox-empty = There are no tickets and no cases on this computer.
outbox-state-filed = filed
outbox-state-waiting = waiting
outbox-state-attention = attention
outbox-state-begun = begun
cli-counts = { $fail } broken, { $warn } unusual, { $unknown } not measured, { $ok } fine, { $other } do not apply (--all lists them)
cli-contact = Contact: { $contact }
cli-contact-none = Contact: none goes along
cli-fix-done = I have done this. Check again.
cli-not-it = This is not it.
cli-hand-over = I want help from a person.
cli-works-now = Does it work now?
cli-not-measured = { $reason } That concerns: { $titles }.
cli-measure-cost = Befund transfers at most { $data } in at most { $time } and asks only: { $hosts }.
cli-measure-time = It takes at most { $time }, and nothing is sent.
cli-yes = Yes
cli-partly = Partly
cli-no = No
cli-site = Address (empty: I don’t know):
cli-site-unknown = Without an address, Befund checks your access to the internet as a whole.
cli-site-wrong = “{ $site }” is not the address of a website. { $fault }
cli-site-missing = The guide “{ $guide }” is about one site. Name it, for example: --target www.example.org
cli-site-unused = The guide “{ $guide }” is not about one site. Leave out --target, or choose another guide, for example: website
site-fault-scheme = This is no web address. One begins with https:// or http://.
site-fault-space = There is a space in the address.
site-fault-name = The name of the website is missing, for example www.example.org.
site-fault-port = What stands behind the colon is no port. A port is a number from 1 to 65535.
site-fault-other = An address looks like https://www.example.org/ or www.example.org:443.
reference-fault-length = the reference has { $name } characters after “BF”, and 8 are expected; ask for it again, in the form BF-XXXX-XXXX
reference-fault-symbol = “{ $symbol }” at place { $place } after “BF” is in no reference of the form BF-XXXX-XXXX (only digits, and letters other than I, L, O and U); ask for this character again
reference-fault-check = the reference { $name } has a wrong or swapped character: its last one does not fit the others; compare it character by character
cli-no-guide = there is no guide “{ $name }”; `befund guide` lists them.
cli-no-check = there is no check “{ $name }”; `befund check --json` lists the ids of all checks.
cli-no-case = there is no case { $name } on this computer; `befund outbox` lists what there is
cli-did-you-mean = Did you mean “{ $name }”?
cli-choose = Number:
cli-choose-again = Type one of the numbers above.
cli-works = Yes, it works.
cli-still-broken = No, the problem is still there.
cli-search-nothing = No guide fits these words. Say it in another way, or list all guides: befund guide
cli-send-with = To send the findings to IT support: { $command }
cli-go-on-with = To go on with this case: { $command }
cli-stopped = Stopped.
cli-solved = It works again. The case is closed.
notice-policy = The policy cannot be read, so nothing can be sent: { $detail }
notice-content = { $detail }
summary-changed = Not as the manifest says: { $files }
compare-other-computer = Caution: these are probably two different computers. The processor or the system is another one.
compare-missing = { $name } is missing in one of the two packages, so it cannot be compared.
compare-results = Judged differently
compare-before = { "    " }before: { $text }
compare-facts = Measured differently
compare-more = { "  " }and { $count } more (--json lists all)
compare-nothing = Nothing has changed.
summary-causes = Likely causes
summary-findings = Findings
summary-not-measured = Not measured: { $count }
summary-files = Files
summary-verified = Every file is as the manifest says.

## Desktop program
desktop-usage = Befund in a window. In a terminal: befund --help

    befund-desktop [--safe-mode]

    --safe-mode  Draws without the graphics card, for a window that stays blank
desktop-no-display = Befund cannot open a window, because there is no display here. In a terminal, use: befund
desktop-no-window = Befund cannot open its window. Try befund-desktop --safe-mode, or use befund in a terminal.

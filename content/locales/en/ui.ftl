# Texts of the window. One thing, one word: see docs/WORDING.md. The same keys in every language.

## Frame
ui-skip = To the content
ui-nav = Main areas
ui-nav-home = Home
ui-nav-tickets = My tickets
ui-nav-waiting = { $count ->
    [one] one not sent yet
   *[other] { $count } not sent yet
}
ui-nav-settings = Settings
ui-close-case = Close, continue later
ui-close-done = Close
ui-back = Back
ui-loading = Befund is starting
ui-help = Get help
ui-help-number = Your number:
ui-help-mail = Email
ui-help-mail-to = Email { $mail }
ui-help-ask = Ask for help
ui-help-choose = First choose what is not working. After that you can ask for help at any time.

## States: a shape and a word
ui-state-ok = Fine
ui-state-warn = Unusual
ui-state-fail = Broken
ui-state-running = Running
ui-state-waiting = Waiting
ui-state-unknown = Not measured
ui-state-not-applicable = Does not apply

## Home
ui-home-title = What is not working?
ui-home-search-label = Describe the problem
ui-home-search-example = Internet not working
ui-home-search-hint = A few words are enough, as you would say it on the phone.
ui-home-search = Search
ui-home-search-empty = Type a few words first, for example “internet not working”.
ui-home-hits = What fits your words
ui-home-hits-count = { $count ->
    [one] One match
   *[other] { $count } matches
}
ui-home-no-hits = Nothing fits these words
ui-home-no-hits-choose = Choose what comes closest below. Your words go along, and on each page you can hand over to IT support.
ui-home-no-hits-call = Or ask IT support directly:
ui-home-choose = Or choose what fits best
ui-home-choose-only = Choose what fits best
ui-home-often = Most asked for
ui-home-urgent = Report at once
ui-home-all = All by topic
ui-topic-network = Internet and network
ui-topic-account = Signing in and access
ui-topic-communication = Mail, calls, sound and picture
ui-topic-devices = Printer, screen and other devices
ui-topic-computer = Computer and programs
ui-home-no-guides = There are no guides on this computer. The settings say why.
ui-home-cases = Started
ui-home-continue = Continue
ui-home-tickets = My tickets
ui-home-all-tickets = All tickets
ui-view = View

## Checking
ui-checking-title = We are finding out what is wrong
ui-checking-lead = This takes about 20 seconds. You do not need to do anything, and nothing is changed.
ui-checking-again-title = We are checking again
ui-checking-again-lead = We measure again what was wrong before. This takes about 20 seconds.
ui-checking-progress = Checks
ui-checking-count = { $done } of { $total } checked
ui-checking-cancel = Stop checking
ui-checking-cancelling = We are stopping, and go on with what is known.
ui-checking-all = All checks are done
ui-checking-again = Check again
ui-checking-said = { $title }: { $state }

## Question
ui-question-dont-know = I don't know
ui-question-dont-know-hint = That is fine. We find another way.
ui-question-next = Next
ui-question-choose = Choose an answer. “I don't know” is one too.
ui-question-help = Ask for help right away
ui-question-why = Why we ask this
ui-measure-yes = Measure
ui-measure-no = Don't measure
ui-measure-data = Data
ui-measure-most = { $amount } at most
ui-measure-time = Time
ui-measure-hosts = Befund asks only
ui-measure-why = Why we ask this
ui-measure-no-hint = Without it we go on with what is known.
ui-folders-path = Folder
ui-folders-size = Size
ui-folders-share = Share
ui-checking-request-title = We are measuring what you agreed to
ui-checking-request-lead = You do not need to do anything, and nothing is changed. You can stop at any time.
ui-checking-request-cancel = Stop measuring

## Finding
ui-finding-means = What this means
ui-finding-path = The way to the internet
ui-finding-do = What you can do
ui-finding-show = Show me how
ui-finding-not-it = This is not it
ui-finding-help = Ask for help right away
ui-finding-why = Why we think so
ui-finding-speaks = { $count } of { $total } measurements speak for it
ui-finding-measurement = Measurement
ui-finding-value = Value
ui-finding-usual = Usual
ui-finding-speaks-column = Speaks
ui-finding-for = for it
ui-finding-against = against it
ui-finding-neither = neither way
ui-finding-others = Say nothing about it: { $count }
ui-unmeasured = Not measured: { $count }
ui-reason = Reason

## Fix
ui-fix-steps = How to do it
ui-fix-takes = How long it takes
ui-fix-risk = Risk
ui-risk-low = Low.
ui-risk-medium = Medium.
ui-risk-high = High.
ui-fix-then = After that
ui-fix-done = Done, check again now
ui-fix-other = I cannot do this
ui-fix-help = Ask for help

## Verify
ui-verify-title = Does it work now?
ui-verify-state = Checked again at { $at }: { $ok } of { $total } fine
ui-verify-lead-ok = The measurements say yes. See for yourself whether you can work again.
ui-verify-lead-open = Not every measurement is fine yet. What counts is whether you can work again.
ui-verify-answers = Your answer
ui-verify-yes = Yes
ui-verify-yes-hint = Everything works again
ui-verify-partly = Partly
ui-verify-partly-hint = Something is still missing
ui-verify-no = No
ui-verify-no-hint = Nothing is better
ui-verify-checked = What we checked again
ui-verify-check = Check
ui-verify-before = Before
ui-verify-now = Now
ui-verify-result = Result
ui-verify-done = What you did

## No problem found
ui-no-problem-state = Checked at { $at }: all that was measured is fine
ui-no-problem-title = We found nothing unusual
ui-no-problem-lead = Does it work now? Faults can come and go, so your answer counts more than our measurements.
ui-no-problem-works = It works
ui-no-problem-works-hint = Close the case
ui-no-problem-still = The problem is still there
ui-no-problem-still-hint = We go on looking
ui-no-problem-checked = What we checked

## Hand-over
ui-hand-over-title = A person can help you best now
ui-hand-over-cause = What we suspect
ui-hand-over-tried = What was tried
ui-hand-over-next = How it goes on
ui-hand-over-next-text = Befund gathers the measurements for IT support. You read everything first. Nothing leaves this computer before you say so.
ui-hand-over-review = Check what is sent
ui-hand-over-now-title = Do this now
ui-hand-over-now = First steps
ui-hand-over-call = Tell somebody
ui-hand-over-call-text = Call, and say that it is urgent. You need not wait until you have answered here.

## Solved
ui-solved-state = Solved
ui-solved-title = It works again
ui-solved-fix = What helped
ui-solved-lead = The case is closed. Nothing was sent.
ui-to-home = To the home page

## Review
ui-review-title = Check what you send
ui-review-lead = Nothing leaves this computer until you press “{ ui-review-send }” below.
ui-review-message = Your message
ui-review-subject = Subject
ui-review-words = In your words
ui-review-no-words = Nothing yet. One sentence helps.
ui-review-finding = What was found
ui-review-tried = Already tried
ui-review-tried-nothing = Nothing yet
ui-review-priority = How urgent it is
ui-review-contact = How we reach you
ui-review-no-contact = Nothing given yet
ui-review-contact-hint = Without a telephone number or an email address, IT support cannot ask you back. You can send it all the same.
ui-review-change = Change
ui-review-add = Add
ui-review-apply = Apply
ui-review-cancel = Keep as it was
ui-review-words-hint = What happens, since when, and what you wanted to do.
ui-priority-low = It can wait
ui-priority-normal = It disturbs me, but I can work
ui-priority-high = I can hardly work
ui-priority-urgent = I cannot work
ui-contact-name = Name
ui-contact-phone = Telephone
ui-contact-mail = Email
ui-contact-preferred = Please reach me
ui-contact-by-phone = By telephone
ui-contact-by-mail = By email
ui-contact-any = Either way
ui-contact-phone-value = telephone { $phone }
ui-contact-mail-value = email { $mail }
ui-contact-prefers-phone = preferably by telephone
ui-contact-prefers-mail = preferably by email
ui-review-privacy = Details about your computer
ui-privacy-sort = Kind
ui-privacy-example = For example
ui-privacy-what = What happens with it
ui-review-values = What is replaced
ui-review-values-note = Each placeholder stands for the same value everywhere. Press one to make its value readable for IT support, or to hide it again. Passwords and keys always stay hidden.
ui-review-values-region = Replaced values
ui-review-value-shown = IT support can read { $value }
ui-review-value-hidden = { $value } is hidden again
ui-review-files = Files
ui-file-name = File
ui-file-about = What is in it
ui-file-size = Size
ui-file-actions = Actions
ui-file-remove = Remove
ui-file-keep = Keep
ui-file-removed = Removed, is not sent
ui-file-needed = always goes along
ui-review-size = of { $limit } that IT support accepts.
ui-review-size-label = Used: { $size } of { $limit }
ui-review-size-alone = is the size of the package.
ui-review-to = Goes to:
ui-review-send = Send to IT support
ui-review-blocked = It cannot be sent at the moment
ui-doing-review = The package is being put together.
ui-doing-change = The package is being put together again.
ui-doing-submit = Your message is being sent.
ui-doing-file = The file is being opened.
ui-doing-case = The case is being opened.
ui-doing-act = The next step is being worked out.
ui-review-changed = Applied
ui-review-file-removed = { $name } is removed and is not sent
ui-review-file-kept = { $name } goes along

## File reader
ui-file-back = Back to what you send
ui-file-lead = This is exactly what is sent.
ui-file-placeholders = What identifies you or others is replaced. Each placeholder such as { $example } stands for the same value everywhere, and nobody but you sees that value.
ui-file-shortened = The file is long. Only its beginning is shown here; all of it is sent.
ui-file-text = Text of { $name }

## Sent
ui-sent-title-filed = Your ticket is filed
ui-sent-title-waiting = Your message is ready to be sent
ui-sent-title-attention = Your message needs your attention
ui-sent-waiting-lead = Befund keeps trying, also after a restart, and sends your message only once.
ui-sent-reason = Why it is still here
ui-sent-again = Send again
ui-sent-again-tried = Tried again, not filed yet
ui-sent-number = Your number, and how to say it on the phone
ui-sent-spelled = Spelled for the phone
ui-sent-copy = Copy the number
ui-sent-copied = The number is copied
ui-sent-copy-failed = It could not be copied. Select the number and copy it by hand.
ui-sent-next = How it goes on
ui-sent-copy-of-it = Your copy
ui-sent-copy-text = { $package }, { $size }
ui-sent-folder = Open the folder

## Tickets
ui-outbox-title = My tickets
ui-outbox-empty = There are no tickets yet. When you send something to IT support, it stands here.
ui-outbox-lead = What you have sent to IT support, the newest first.

## Settings
ui-settings-title = Settings
ui-settings-language = Language
ui-settings-language-system = As the computer
ui-settings-theme = Appearance
ui-settings-theme-system = As the computer
ui-settings-theme-light = Light
ui-settings-theme-dark = Dark
ui-settings-saved = Saved
ui-settings-notices = For the administrator
ui-settings-no-notices = The settings of the organisation and all content files are in order.
ui-settings-version = Version
ui-settings-version-text = Befund { $version }

## Errors
ui-error-retry = Try again
ui-error-code = Code for IT support:
ui-error-unexpected = This step did not work
ui-error-unexpected-means = Befund met something it was not prepared for. Nothing was lost, and nothing was sent.
ui-error-unexpected-todo = Try it again. If it happens again, give IT support the text below.

# Which website.
ui-site-title = Which website does not open?
ui-site-hint = The address stands at the top of the browser, for example www.example.org. Befund asks this one website and no other.
ui-site-label = Address of the website
ui-site-next = Check the website
ui-site-missing = Write the address down, or choose “I don’t know”.
ui-site-dont-know = I don’t know

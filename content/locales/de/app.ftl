# Texte der Anwendung selbst: was Fenster und Terminal gemeinsam haben.

## Fehler: was ist passiert, was heißt das, was ist zu tun
error-no-home-happened = Ihr Benutzerkonto hat keinen Ordner für Daten.
error-no-home-means = Befund kann Ihren Fall nicht aufbewahren.
error-no-home-todo = Rufen Sie den IT-Service an. Für ihn: { $detail }
error-data-happened = Eine Datei von Befund ließ sich nicht lesen oder schreiben.
error-data-means = Der letzte Schritt ist nicht gespeichert. Alles davor ist es.
error-data-todo = Schaffen Sie etwas Platz auf dem Datenträger und versuchen Sie es noch einmal. Passiert es wieder, sagen Sie dem IT-Service: { $detail }
error-no-guide-happened = Diese Anleitung gibt es auf diesem Computer nicht.
error-no-guide-means = Der Link oder die Auswahl ist veraltet.
error-no-guide-todo = Wählen Sie auf der Startseite, was am besten passt.
error-no-check-happened = Diese Prüfung gibt es auf diesem Computer nicht.
error-no-check-means = Ihr Name ist vertippt oder veraltet.
error-no-check-todo = Suchen Sie den Namen in der Liste aller Prüfungen. { $detail }
error-site-happened = Das ist keine Adresse einer Website.
error-site-means = So, wie sie geschrieben ist, lässt sie sich nicht öffnen. { $detail }
error-site-todo = Schreiben Sie die Adresse wie im Browser, zum Beispiel www.example.org.
error-no-case-happened = Diesen Fall gibt es auf diesem Computer nicht.
error-no-case-means = Er wurde woanders begonnen, oder seine Daten wurden gelöscht.
error-no-case-todo = Beginnen Sie auf der Startseite neu.
error-reference-happened = Diese Nummer kann nicht stimmen.
error-reference-means = Ein Zeichen fehlt oder wurde falsch verstanden.
error-reference-todo = Vergleichen Sie Zeichen für Zeichen. { $detail }
error-journal-happened = Die Aufzeichnung dieses Falls ist beschädigt.
error-journal-means = Befund kann damit nicht weitermachen. Andere Fälle sind nicht betroffen.
error-journal-todo = Beginnen Sie auf der Startseite neu. Für den IT-Service: { $detail }
error-not-now-happened = Dieser Schritt passt nicht mehr.
error-not-now-means = Der Fall ist inzwischen weitergegangen, vielleicht in einem anderen Fenster.
error-not-now-todo = Gehen Sie zur Startseite und machen Sie dort mit dem Fall weiter.
error-no-file-happened = Diese Datei lässt sich nicht weglassen.
error-no-file-means = Das Paket hat sie nicht oder kommt ohne sie nicht aus.
error-no-file-todo = Wählen Sie eine der Dateien aus der Liste. { $detail }
error-policy-happened = Es wurde nichts gesendet.
error-policy-means = Befund kann die Vorgaben Ihrer Organisation nicht lesen, und darin steht, wohin Ihre Meldung geht. Ihr Fall ist gespeichert.
error-policy-todo = Rufen Sie den IT-Service an und nennen Sie Ihre Nummer. Für ihn: { $detail }
error-content-happened = Eine Anleitung oder eine Prüfung ließ sich nicht lesen.
error-content-means = Alles andere funktioniert.
error-content-todo = Sagen Sie dem IT-Service: { $detail }
error-package-happened = Das Paket wurde nicht erstellt.
error-package-means = Nichts hat diesen Computer verlassen.
error-package-todo = Sagen Sie dem IT-Service: { $detail }
error-desk-happened = Ihre Meldung ließ sich nicht abgeben.
error-desk-means = Ihr Fall ist gespeichert, es ist nichts verloren.
error-desk-todo = Versuchen Sie es noch einmal. Passiert es wieder, sagen Sie dem IT-Service: { $detail }
error-unexpected-happened = Dieser Schritt hat nicht funktioniert.
error-unexpected-means = Befund ist auf etwas gestoßen, worauf es nicht vorbereitet war. Ihr Fall ist gespeichert.
error-unexpected-todo = Schließen Sie Befund und starten Sie es neu. Ihr Fall geht weiter, wo er war.

station-fail = Funktioniert nicht

station-not-applicable = Nicht benutzt

## Gruppen von Prüfungen
group-this_computer = Dieser Computer
group-router = Router
group-names = Namen finden (DNS)
group-internet = Internet

## Ausgänge
outcome-cause-found = { $likelihood }: { $title }
outcome-no-problem = Alles, was geprüft wurde, ist in Ordnung.
outcome-beside = Außerdem wahrscheinlich: { $title }
outcome-unsure = Keine Ursache sticht hervor. Der IT-Service kann mit den Messungen weitermachen.
outcome-contradictory = Was gemessen und geantwortet wurde, passt zu keiner bekannten Ursache. Der IT-Service kann mit den Messungen weitermachen.
checking-so-far-fine = Bisher ist alles in Ordnung. Einige Messungen laufen noch.
checking-so-far-cause = Bisher sieht es danach aus: { $title }. Einige Messungen laufen noch.
next-question = Nächste Frage: { $title }
next-fix = Was hilft: { $title }
next-try = Einen Versuch wert: { $title }
next-still-broken = Geht es trotzdem nicht, fragt „befund guide { $guide }“ weiter.
next-hand-over = Am besten übernimmt jetzt der IT-Service.
next-measure-throughput = Als Nächstes würde Befund messen, wie viel die Verbindung überträgt. Mit --measure stimmen Sie dem zu.
next-measure-folders = Als Nächstes würde Befund nach den größten Ordnern suchen. Mit --measure stimmen Sie dem zu.
answer-unknown = Ich weiß es nicht

## Lösungen
takes = etwa { $time }
risk-low = Es kann nichts kaputtgehen. Ihre Dateien und Einstellungen bleiben, wie sie sind.
risk-medium = Etwas wird kurz unterbrochen. Speichern Sie vorher Ihre Arbeit.
risk-high = Speichern Sie vorher Ihre Arbeit. Fragen Sie den IT-Service, wenn Sie unsicher sind.
tried-helped = { $fix }: hat geholfen
tried-partly = { $fix }: hat teilweise geholfen
tried-failed = { $fix }: hat nicht geholfen
tried-open = { $fix }: erledigt, noch nicht bekannt, ob es geholfen hat
hand-over-asked = Sie haben um Hilfe von einem Menschen gebeten.

# Measurements that cost something. One title and one explanation a subject.
measure-throughput-title = Darf Befund messen, wie viel Ihre Verbindung überträgt?
measure-throughput-what = Befund holt Daten vom Messserver Ihrer Organisation und sendet welche zurück. Dabei sieht es, wie lange Antworten brauchen. Bis das vorbei ist, kann das Internet für alle in Ihrem Netz langsam sein. Wenn Sie später eine Lösung ausprobieren, misst Befund noch einmal.
measure-throughput-what-receives = Befund holt Daten vom Messserver Ihrer Organisation. Dabei sieht es, wie lange Antworten brauchen. Bis das vorbei ist, kann das Internet für alle in Ihrem Netz langsam sein. Wenn Sie später eine Lösung ausprobieren, misst Befund noch einmal.
measure-folders-title = Darf Befund nach den größten Ordnern suchen?
measure-folders-what = Befund zählt zusammen, was die Ordner in Ihrem persönlichen Ordner belegen, und zeigt Ihnen die zehn größten mit ihren Namen. Es öffnet keine Datei und verändert nichts. Die Namen bleiben auf diesem Computer. In einem Paket stehen Platzhalter für sie.

# Die größten Ordner, und wie weit die Suche nach ihnen ist.
folders-title = Die größten Ordner in Ihrem persönlichen Ordner
folders-own-files = Dateien direkt im persönlichen Ordner
folders-seen = Angesehene Ordner: { $folders }, zusammen { $size }.
folders-unreadable = Ordner, in die Befund nicht hineinsehen konnte: { $count }.
folders-elsewhere = Ordner auf anderen Laufwerken, nicht mitgezählt: { $count }.
folders-not-all = Die Suche endete, bevor alles angesehen war. Es kann größere Ordner geben.
folders-names = Diese Namen bleiben auf diesem Computer. In einem Paket stehen Platzhalter für sie.
checking-folders = Ordner bisher: { $folders }, zusammen { $size }.

## Ticket
ticket-subject = { $title }: { $finding }
finding-none = Keine Ursache sticht hervor. Alle Messungen stehen im Paket.
finding-not-measured = Es wurde nichts gemessen.
finding-no-problem = Alle Messungen sind in Ordnung. Das Problem besteht weiter.
finding-beside = Wahrscheinlich ist noch etwas nicht in Ordnung: { $title }. Geht es danach noch nicht, macht Befund damit weiter.
finding-two = { $first }; außerdem: { $second }
destination-local = In einen Ordner dieses Computers. Der IT-Service holt es dort ab.
destination-folder = In den Ordner von { $name }.
desk-name = IT-Service
privacy-technical = Technisch
privacy-technical-example = Betriebssystem, Speicher, Messwerte
privacy-network = Ihr Netz
privacy-network-example = Öffentliche Adressen, Geräteadressen, Namen von Netzen
privacy-personal = Persönlich
privacy-personal-example = Ihr Name, der Name dieses Computers, Ordner, E-Mail-Adressen
privacy-secret = Geheim
privacy-secret-example = Passwörter, Schlüssel, Zugangscodes
privacy-readable = { $count ->
    [one] ein Wert lesbar
   *[other] { $count } Werte lesbar
}
privacy-replaced = { $count ->
    [0] nichts zu ersetzen gefunden
    [one] an einer Stelle ersetzt
   *[other] an { $count } Stellen ersetzt
}
privacy-never = Wird nie gespeichert
privacy-nothing-replaced = nichts ersetzt
privacy-shown = { $count ->
    [one] ein Wert auf Ihren Wunsch lesbar
   *[other] { $count } Werte auf Ihren Wunsch lesbar
}
private-user = Person
private-home = Benutzerordner
private-host = Computer
private-domain = Domäne
private-mac = Hardware-Adresse
private-ip = Öffentliche Adresse
private-ssid = WLAN
private-mail = E-Mail-Adresse
private-phone = Telefonnummer
private-serial = Seriennummer
ticket-filed = Abgegeben
ticket-filed-at = Abgegeben { $time }
ticket-waiting = Bereit, Befund versucht es weiter
ticket-attention = Braucht Ihre Aufmerksamkeit
sent-next-now = Jetzt
sent-next-filed-local = Ihr Ticket und das Paket liegen in einem Ordner dieses Computers. Nennen Sie dem IT-Service Ihre Nummer.
sent-next-phone-when = Im Gespräch
sent-next-phone = Ihr Gegenüber hat die Messungen vor sich. Sie müssen nichts noch einmal erklären.
sent-next-waiting = Befund versucht es von selbst weiter, auch nach einem Neustart. Ihre Meldung wird nie doppelt abgegeben.
sent-next-attention = Sehen Sie nach, was im Weg steht, und senden Sie dann noch einmal. Bis dahin liegt Ihre Meldung sicher auf diesem Computer.
when-today = heute, { $time }
when-date = { $date }, { $time }
log-about = Was Befund auf diesem Computer getan hat
evidence-not-collected = Nicht gesammelt: { $what } ({ $why })
evidence-source-journal = Protokoll des Systems
evidence-source-kernel = Meldungen des Systemkerns
evidence-source-network-manager = Meldungen der Netzwerkverwaltung
evidence-source-printing = Meldungen des Druckdienstes
evidence-source-crashes = abgestürzte Programme
evidence-reason-not-requested = Ihre Organisation lässt es weg
evidence-reason-no-permission = dieses Konto darf es nicht lesen
evidence-reason-not-supported = auf diesem Computer nicht vorhanden
evidence-reason-timed-out = es kam keine Antwort
evidence-reason-nothing-to-measure = in dieser Zeit gab es nichts
evidence-reason-failed = es ließ sich nicht lesen oder nicht sicher unkenntlich machen
cli-evidence = Mit dem Ticket gehen: { $files }

## Terminal
label-reference = Nummer
label-ticket = Ticket
label-package = Paket
send-filed = Das Ticket ist abgegeben.
send-waiting = Das Ticket ist noch nicht abgegeben. Es bleibt liegen, und Befund versucht es weiter.
send-attention = Das Ticket braucht Aufmerksamkeit: { $detail }
outbox-empty = Auf diesem Computer gibt es keine Tickets und keine Fälle.
outbox-state-filed = abgegeben
outbox-state-waiting = wartet
outbox-state-attention = Achtung
outbox-state-begun = begonnen
cli-counts = { $fail } defekt, { $warn } auffällig, { $unknown } nicht gemessen, { $ok } in Ordnung, { $other } entfallen (--all zeigt sie)
cli-contact = Kontakt: { $contact }
cli-contact-none = Kontakt: Es geht keiner mit.
cli-fix-done = Das habe ich getan. Jetzt nachprüfen.
cli-not-it = Das ist es nicht.
cli-hand-over = Ich möchte Hilfe von einem Menschen.
cli-works-now = Funktioniert es jetzt?
cli-not-measured = { $reason } Das betrifft: { $titles }.
cli-measure-cost = Befund überträgt höchstens { $data } in höchstens { $time } und fragt nur: { $hosts }.
cli-measure-time = Es dauert höchstens { $time }, und es wird nichts gesendet.
cli-yes = Ja
cli-partly = Teilweise
cli-no = Nein
cli-site = Adresse (leer: Ich weiß es nicht):
cli-site-unknown = Ohne Adresse prüft Befund Ihren Zugang zum Internet insgesamt.
cli-site-wrong = „{ $site }“ ist keine Adresse einer Website. { $fault }
cli-site-missing = In der Anleitung „{ $guide }“ geht es um eine bestimmte Seite. Nennen Sie sie, zum Beispiel: --target www.example.org
cli-site-unused = In der Anleitung „{ $guide }“ geht es nicht um eine bestimmte Seite. Lassen Sie --target weg, oder nehmen Sie eine andere Anleitung, zum Beispiel: website
site-fault-scheme = Eine solche Adresse beginnt mit https:// oder http://.
site-fault-space = In der Adresse steht ein Leerzeichen.
site-fault-name = Der Name der Website fehlt, zum Beispiel www.example.org.
site-fault-port = Hinter dem Doppelpunkt steht kein Port. Ein Port ist eine Zahl von 1 bis 65535.
site-fault-other = Eine solche Adresse sieht aus wie https://www.example.org/ oder www.example.org:443.
reference-fault-length = Hinter „BF“ stehen { $name } Zeichen statt 8. Die Nummer hat die Form BF-XXXX-XXXX.
reference-fault-symbol = Das Zeichen „{ $symbol }“ an Stelle { $place } hinter „BF“ kommt in keiner Nummer vor. Sie hat die Form BF-XXXX-XXXX, mit Ziffern und allen Buchstaben außer I, L, O und U.
reference-fault-check = In der Nummer { $name } ist ein Zeichen falsch oder vertauscht. Vergleichen Sie Zeichen für Zeichen.
cli-no-guide = Die Anleitung „{ $name }“ gibt es auf diesem Computer nicht. `befund guide` zeigt alle.
cli-no-check = Die Prüfung „{ $name }“ gibt es auf diesem Computer nicht. `befund check --json` zeigt die Namen aller Prüfungen.
cli-no-case = Den Fall { $name } gibt es auf diesem Computer nicht. `befund outbox` zeigt, welche es gibt.
cli-did-you-mean = Meinten Sie „{ $name }“?
cli-choose = Nummer:
cli-choose-again = Geben Sie eine der Nummern von oben ein.
cli-works = Ja, es funktioniert.
cli-still-broken = Nein, das Problem ist noch da.
cli-search-nothing = Kein Leitfaden passt zu diesen Worten. Sagen Sie es anders, oder lassen Sie sich alle zeigen: befund guide
cli-send-with = So senden Sie den Befund an den IT-Service: { $command }
cli-go-on-with = So geht es mit diesem Fall weiter: { $command }
cli-stopped = Angehalten.
cli-solved = Es funktioniert wieder. Der Fall ist geschlossen.
notice-policy = Die Vorgaben der Organisation lassen sich nicht lesen, deshalb kann nichts gesendet werden: { $detail }
notice-content = { $detail }
summary-changed = Anders, als das Verzeichnis sagt: { $files }
compare-other-computer = Achtung: Das sind wohl zwei verschiedene Computer. Prozessor oder System sind andere.
compare-missing = { $name } fehlt in einem der beiden Pakete. Das lässt sich nicht vergleichen.
compare-results = Anders beurteilt
compare-before = { "    " }vorher: { $text }
compare-facts = Anders gemessen
compare-more = { "  " }und { $count } weitere (--json nennt alle)
compare-nothing = Nichts hat sich geändert.
summary-causes = Wahrscheinliche Ursachen
summary-findings = Befunde
summary-not-measured = Nicht gemessen: { $count }
summary-files = Dateien
summary-verified = Jede Datei ist so, wie das Verzeichnis sie nennt.

## Desktop-Programm
desktop-usage = Befund im Fenster. Im Terminal: befund --help

    befund-desktop [--safe-mode]

    --safe-mode  Zeichnet ohne Grafikkarte, wenn das Fenster leer bleibt
desktop-no-display = Befund kann kein Fenster öffnen, denn hier gibt es keinen Bildschirm. Im Terminal geht es mit: befund
desktop-no-window = Befund kann sein Fenster nicht öffnen. Versuchen Sie befund-desktop --safe-mode, oder im Terminal: befund

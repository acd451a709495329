# Texte des Fensters. Eine Sache, ein Wort: siehe docs/WORDING.md. In jeder Sprache dieselben Schlüssel.

## Rahmen
ui-skip = Zum Inhalt
ui-nav = Hauptbereiche
ui-nav-home = Start
ui-nav-tickets = Meine Tickets
ui-nav-waiting = { $count ->
    [one] eines noch nicht gesendet
   *[other] { $count } noch nicht gesendet
}
ui-nav-settings = Einstellungen
ui-close-case = Schließen, später weiter
ui-close-done = Schließen
ui-back = Zurück
ui-loading = Befund startet
ui-help = Hilfe holen
ui-help-number = Ihre Nummer:
ui-help-mail = E-Mail
ui-help-mail-to = E-Mail an { $mail }
ui-help-ask = Hilfe anfordern
ui-help-choose = Wählen Sie zuerst, was nicht funktioniert. Dann können Sie jederzeit Hilfe anfordern.

## Zustände: eine Form und ein Wort
ui-state-ok = In Ordnung
ui-state-warn = Auffällig
ui-state-fail = Defekt
ui-state-running = Läuft
ui-state-waiting = Wartet
ui-state-unknown = Nicht gemessen
ui-state-not-applicable = Entfällt

## Start
ui-home-title = Was funktioniert nicht?
ui-home-search-label = Beschreiben Sie das Problem
ui-home-search-example = Internet geht nicht
ui-home-search-hint = Ein paar Wörter genügen, so wie Sie es am Telefon sagen würden.
ui-home-search = Suchen
ui-home-search-empty = Schreiben Sie zuerst ein paar Wörter, zum Beispiel „Internet geht nicht“.
ui-home-hits = Was zu Ihren Wörtern passt
ui-home-hits-count = { $count ->
    [one] Ein Treffer
   *[other] { $count } Treffer
}
ui-home-no-hits = Zu diesen Wörtern passt nichts
ui-home-no-hits-choose = Wählen Sie unten, was am nächsten kommt. Ihre Wörter gehen mit, und auf jeder Seite können Sie an den IT-Service übergeben.
ui-home-no-hits-call = Oder fragen Sie gleich den IT-Service:
ui-home-choose = Oder wählen Sie, was am besten passt
ui-home-choose-only = Wählen Sie, was am besten passt
ui-home-often = Am häufigsten gefragt
ui-home-urgent = Sofort melden
ui-home-all = Alles nach Thema
ui-topic-network = Internet und Netz
ui-topic-account = Anmelden und Zugang
ui-topic-communication = E-Mail, Anrufe, Ton und Bild
ui-topic-devices = Drucker, Bildschirm und andere Geräte
ui-topic-computer = Computer und Programme
ui-home-no-guides = Auf diesem Computer sind keine Anleitungen. Warum, steht in den Einstellungen.
ui-home-cases = Angefangen
ui-home-continue = Weitermachen
ui-home-tickets = Meine Tickets
ui-home-all-tickets = Alle Tickets
ui-view = Ansehen

## Prüfen
ui-checking-title = Wir sehen nach, woran es liegt
ui-checking-lead = Das dauert etwa 20 Sekunden. Sie müssen nichts tun, und es wird nichts verändert.
ui-checking-again-title = Wir prüfen nach
ui-checking-again-lead = Wir messen noch einmal, was vorher auffällig war. Das dauert etwa 20 Sekunden.
ui-checking-progress = Prüfungen
ui-checking-count = { $done } von { $total } geprüft
ui-checking-cancel = Prüfung abbrechen
ui-checking-cancelling = Wir hören auf und machen mit dem weiter, was bekannt ist.
ui-checking-all = Alles ist geprüft
ui-checking-again = Noch einmal prüfen
ui-checking-said = { $title }: { $state }

## Frage
ui-question-dont-know = Ich weiß es nicht
ui-question-dont-know-hint = Das macht nichts. Wir finden einen anderen Weg.
ui-question-next = Weiter
ui-question-choose = Wählen Sie eine Antwort. „Ich weiß es nicht“ ist auch eine.
ui-question-help = Lieber gleich Hilfe anfordern
ui-question-why = Warum wir das fragen
ui-measure-yes = Messen
ui-measure-no = Nicht messen
ui-measure-data = Datenmenge
ui-measure-most = höchstens { $amount }
ui-measure-time = Dauer
ui-measure-hosts = Befund fragt nur
ui-measure-why = Warum wir das fragen
ui-measure-no-hint = Ohne die Messung machen wir mit dem weiter, was bekannt ist.
ui-folders-path = Ordner
ui-folders-size = Größe
ui-folders-share = Anteil
ui-checking-request-title = Wir messen, was Sie erlaubt haben
ui-checking-request-lead = Sie müssen nichts tun, und es wird nichts verändert. Sie können jederzeit abbrechen.
ui-checking-request-cancel = Messung abbrechen

## Befund
ui-finding-means = Was das heißt
ui-finding-path = Der Weg ins Internet
ui-finding-do = Was Sie tun können
ui-finding-show = Zeigen, wie es geht
ui-finding-not-it = Das ist es nicht
ui-finding-help = Lieber gleich Hilfe anfordern
ui-finding-why = Warum wir das glauben
ui-finding-speaks = { $count } von { $total } Messungen sprechen dafür
ui-finding-measurement = Messung
ui-finding-value = Wert
ui-finding-usual = Üblich
ui-finding-speaks-column = Spricht
ui-finding-for = dafür
ui-finding-against = dagegen
ui-finding-neither = weder noch
ui-finding-others = Sagen dazu nichts: { $count }
ui-unmeasured = Nicht gemessen: { $count }
ui-reason = Grund

## Lösung
ui-fix-steps = So geht es
ui-fix-takes = Wie lange es dauert
ui-fix-risk = Risiko
ui-risk-low = Gering.
ui-risk-medium = Mittel.
ui-risk-high = Hoch.
ui-fix-then = Danach
ui-fix-done = Erledigt, jetzt nachprüfen
ui-fix-other = Das geht bei mir nicht
ui-fix-help = Hilfe anfordern

## Nachprüfen
ui-verify-title = Funktioniert es jetzt?
ui-verify-state = Nachgeprüft um { $at }: { $ok } von { $total } in Ordnung
ui-verify-lead-ok = Die Messungen sagen ja. Sehen Sie selbst nach, ob Sie wieder arbeiten können.
ui-verify-lead-open = Noch ist nicht jede Messung in Ordnung. Es zählt, ob Sie wieder arbeiten können.
ui-verify-answers = Ihre Antwort
ui-verify-yes = Ja
ui-verify-yes-hint = Alles geht wieder
ui-verify-partly = Teilweise
ui-verify-partly-hint = Etwas fehlt noch
ui-verify-no = Nein
ui-verify-no-hint = Nichts ist besser
ui-verify-checked = Was wir nachgeprüft haben
ui-verify-check = Prüfung
ui-verify-before = Vorher
ui-verify-now = Jetzt
ui-verify-result = Ergebnis
ui-verify-done = Was Sie getan haben

## Nichts gefunden
ui-no-problem-state = Geprüft um { $at }: alles Gemessene ist in Ordnung
ui-no-problem-title = Wir haben nichts Auffälliges gefunden
ui-no-problem-lead = Funktioniert es jetzt? Manche Störung kommt und geht. Ihre Antwort zählt deshalb mehr als unsere Messungen.
ui-no-problem-works = Es funktioniert
ui-no-problem-works-hint = Fall schließen
ui-no-problem-still = Das Problem ist noch da
ui-no-problem-still-hint = Wir suchen weiter
ui-no-problem-checked = Was wir geprüft haben

## Übergabe
ui-hand-over-title = Jetzt hilft Ihnen am besten ein Mensch
ui-hand-over-cause = Was wir vermuten
ui-hand-over-tried = Was versucht wurde
ui-hand-over-next = Wie es weitergeht
ui-hand-over-next-text = Befund stellt die Messungen für den IT-Service zusammen. Sie lesen alles vorher. Ohne Ihr Ja verlässt nichts diesen Computer.
ui-hand-over-review = Prüfen, was gesendet wird
ui-hand-over-now-title = Tun Sie das jetzt
ui-hand-over-now = Erste Schritte
ui-hand-over-call = Bescheid sagen
ui-hand-over-call-text = Rufen Sie an und sagen Sie, dass es eilt. Sie müssen nicht warten, bis Sie hier geantwortet haben.

## Gelöst
ui-solved-state = Gelöst
ui-solved-title = Es funktioniert wieder
ui-solved-fix = Was geholfen hat
ui-solved-lead = Der Fall ist geschlossen. Es wurde nichts gesendet.
ui-to-home = Zum Start

## Durchsicht
ui-review-title = Prüfen Sie, was Sie senden
ui-review-lead = Erst wenn Sie unten auf „{ ui-review-send }“ drücken, verlässt etwas diesen Computer.
ui-review-message = Ihre Meldung
ui-review-subject = Anliegen
ui-review-words = In Ihren Worten
ui-review-no-words = Noch nichts. Ein Satz hilft schon.
ui-review-finding = Befund
ui-review-tried = Schon versucht
ui-review-tried-nothing = Noch nichts
ui-review-priority = Wie dringend
ui-review-contact = So erreichen wir Sie
ui-review-no-contact = Noch nichts angegeben
ui-review-contact-hint = Ohne Telefonnummer oder E-Mail-Adresse kann der IT-Service nicht zurückfragen. Senden können Sie trotzdem.
ui-review-change = Ändern
ui-review-add = Ergänzen
ui-review-apply = Übernehmen
ui-review-cancel = Lassen, wie es war
ui-review-words-hint = Was passiert, seit wann, und was Sie tun wollten.
ui-priority-low = Es hat Zeit
ui-priority-normal = Es stört, aber ich kann arbeiten
ui-priority-high = Ich kann kaum arbeiten
ui-priority-urgent = Ich kann nicht arbeiten
ui-contact-name = Name
ui-contact-phone = Telefon
ui-contact-mail = E-Mail
ui-contact-preferred = Am liebsten erreichen Sie mich
ui-contact-by-phone = Per Telefon
ui-contact-by-mail = Per E-Mail
ui-contact-any = Beides ist recht
ui-contact-phone-value = Telefon { $phone }
ui-contact-mail-value = E-Mail { $mail }
ui-contact-prefers-phone = am liebsten per Telefon
ui-contact-prefers-mail = am liebsten per E-Mail
ui-review-privacy = Angaben über Ihren Computer
ui-privacy-sort = Art
ui-privacy-example = Zum Beispiel
ui-privacy-what = Was damit geschieht
ui-review-values = Was ersetzt ist
ui-review-values-note = Jeder Platzhalter steht überall für denselben Wert. Drücken Sie darauf, um den Wert für den IT-Service lesbar zu machen oder wieder zu verbergen. Passwörter und Schlüssel bleiben immer verborgen.
ui-review-values-region = Ersetzte Werte
ui-review-value-shown = { $value } ist für den IT-Service lesbar
ui-review-value-hidden = { $value } ist wieder verborgen
ui-review-files = Dateien
ui-file-name = Datei
ui-file-about = Inhalt
ui-file-size = Größe
ui-file-actions = Aktionen
ui-file-remove = Entfernen
ui-file-keep = Behalten
ui-file-removed = Entfernt, wird nicht gesendet
ui-file-needed = geht immer mit
ui-review-size = von { $limit }, die der IT-Service annimmt.
ui-review-size-label = Belegt: { $size } von { $limit }
ui-review-size-alone = groß ist das Paket.
ui-review-to = Geht an:
ui-review-send = An den IT-Service senden
ui-review-blocked = Im Moment lässt sich nichts senden
ui-doing-review = Das Paket wird zusammengestellt.
ui-doing-change = Das Paket wird neu zusammengestellt.
ui-doing-submit = Ihre Meldung wird gesendet.
ui-doing-file = Die Datei wird geöffnet.
ui-doing-case = Der Fall wird geöffnet.
ui-doing-act = Der nächste Schritt wird bestimmt.
ui-review-changed = Übernommen
ui-review-file-removed = { $name } ist entfernt und wird nicht gesendet
ui-review-file-kept = { $name } geht mit

## Datei lesen
ui-file-back = Zurück zu dem, was Sie senden
ui-file-lead = Genau das wird gesendet.
ui-file-placeholders = Was Sie oder andere kenntlich macht, ist ersetzt. Jeder Platzhalter wie { $example } steht überall für denselben Wert, und den sieht niemand außer Ihnen.
ui-file-shortened = Die Datei ist lang. Hier steht nur ihr Anfang, gesendet wird sie ganz.
ui-file-text = Text von { $name }

## Gesendet
ui-sent-title-filed = Ihr Ticket ist abgegeben
ui-sent-title-waiting = Ihre Meldung liegt zum Senden bereit
ui-sent-title-attention = Ihre Meldung braucht Ihre Aufmerksamkeit
ui-sent-waiting-lead = Befund versucht es weiter, auch nach einem Neustart, und sendet Ihre Meldung nur ein einziges Mal.
ui-sent-reason = Warum sie noch hier ist
ui-sent-again = Noch einmal senden
ui-sent-again-tried = Noch einmal versucht, noch nicht abgegeben
ui-sent-number = Ihre Nummer, und wie Sie sie am Telefon sagen
ui-sent-spelled = Am Telefon buchstabiert
ui-sent-copy = Nummer kopieren
ui-sent-copied = Die Nummer ist kopiert
ui-sent-copy-failed = Das Kopieren ging nicht. Markieren Sie die Nummer und kopieren Sie sie von Hand.
ui-sent-next = Wie es weitergeht
ui-sent-copy-of-it = Ihre Kopie
ui-sent-copy-text = { $package }, { $size }
ui-sent-folder = Ordner öffnen

## Tickets
ui-outbox-title = Meine Tickets
ui-outbox-empty = Noch gibt es keine Tickets. Was Sie an den IT-Service senden, steht dann hier.
ui-outbox-lead = Was Sie an den IT-Service gesendet haben, das Neueste zuerst.

## Einstellungen
ui-settings-title = Einstellungen
ui-settings-language = Sprache
ui-settings-language-system = Wie der Computer
ui-settings-theme = Darstellung
ui-settings-theme-system = Wie der Computer
ui-settings-theme-light = Hell
ui-settings-theme-dark = Dunkel
ui-settings-saved = Gespeichert
ui-settings-notices = Für die Administration
ui-settings-no-notices = Die Vorgaben der Organisation und alle Inhaltsdateien sind in Ordnung.
ui-settings-version = Version
ui-settings-version-text = Befund { $version }

## Fehler
ui-error-retry = Noch einmal versuchen
ui-error-code = Code für den IT-Service:
ui-error-unexpected = Dieser Schritt hat nicht geklappt
ui-error-unexpected-means = Befund ist auf etwas gestoßen, worauf es nicht vorbereitet war. Nichts ist verloren, und nichts wurde gesendet.
ui-error-unexpected-todo = Versuchen Sie es noch einmal. Geschieht es wieder, geben Sie dem IT-Service den Text darunter.

# Which website.
ui-site-title = Welche Website öffnet sich nicht?
ui-site-hint = Die Adresse steht oben im Browser, zum Beispiel www.example.org. Befund fragt diese eine Website ab, sonst keine.
ui-site-label = Adresse der Website
ui-site-next = Website prüfen
ui-site-missing = Schreiben Sie die Adresse auf, oder wählen Sie „Ich weiß es nicht“.
ui-site-dont-know = Ich weiß es nicht

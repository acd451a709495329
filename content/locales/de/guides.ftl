# Worte der Anleitungen: warum ein Schritt der nächste ist und wie sicher ein Befund. Was eine Anleitung selbst sagt, steht in content/guides.
guide-why-no-problem = Alles, was geprüft wurde, ist in Ordnung.
guide-why-look-closer = Was bisher geprüft wurde, ist in Ordnung. Was diese Messung zeigt, ist anders nicht zu sehen.
guide-why-likely = Das hilft bei der wahrscheinlichsten Ursache: { $cause }.
guide-why-quick = Das ist schnell gemacht und hilft bei einer möglichen Ursache: { $cause }.
guide-why-prepares = Das bereitet den nächsten Schritt vor.
guide-why-narrows = Ihre Antwort grenzt ein, woran es liegen kann.
guide-why-tells-apart = Ihre Antwort zeigt, was wahrscheinlicher ist: „{ $a }“ oder „{ $b }“.
guide-why-human-knows = Ab hier hilft jemand vom IT-Service besser. Der Befund geht mit: { $cause }.
guide-why-human-sooner = Allein weiterzusuchen würde jetzt länger dauern, als den IT-Service zu fragen.
guide-why-human-at-once = Das muss sofort jemand vom IT-Service wissen. Tun Sie jetzt die ersten Schritte, dann rufen Sie an oder senden Sie das Ticket.
guide-why-contradictory = Was gemessen und geantwortet wurde, passt zu keiner bekannten Ursache. Jemand vom IT-Service kann damit mehr anfangen.
guide-very-likely = Sehr wahrscheinlich die Ursache
guide-probably = Wahrscheinlich die Ursache
guide-perhaps = Vielleicht die Ursache
guide-something-else = Etwas, das diese Anleitung nicht kennt

# Worte für Ergebnisse, die nicht gemessen wurden. Die Schlüssel folgen den Gründen in facts.json.
not-measured = Nicht gemessen. { $reason }.
value-not-measured = nicht gemessen
reason-not-supported = Dieser Computer bietet keinen Weg, es zu messen
reason-no-permission = Die Berechtigung zum Lesen fehlt
reason-timed-out = Keine Antwort in der vorgesehenen Zeit
reason-failed = Die Messung endete mit einem Fehler
reason-cancelled = Die Messung wurde abgebrochen
reason-offline = Befund sollte nichts senden
reason-not-requested = Befund misst das nur, wenn Sie zustimmen
reason-nothing-to-measure = Es gab nichts zu messen

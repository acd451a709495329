# Words of results that were not measured. The keys follow the reasons of absence in facts.json.
not-measured = Not measured. { $reason }.
value-not-measured = not measured
reason-not-supported = This computer offers no way to measure it
reason-no-permission = The permission to read it is missing
reason-timed-out = No answer within the time allowed
reason-failed = The measurement ended with an error
reason-cancelled = The measurement was stopped
reason-offline = Befund was asked to send nothing
reason-not-requested = Befund measures this only if you agree
reason-nothing-to-measure = There was nothing to measure

# Words of the guides: why a step is next, and how sure a finding is. What a guide itself says is in content/guides.
guide-why-no-problem = Everything that was checked is in order.
guide-why-look-closer = What has been checked so far is in order. What this measurement shows cannot be seen in any other way.
guide-why-likely = This helps with the most likely cause: { $cause }.
guide-why-quick = This is quickly done, and helps with a possible cause: { $cause }.
guide-why-prepares = This prepares the next step.
guide-why-narrows = Your answer narrows down what it can be.
guide-why-tells-apart = Your answer shows which is more likely: “{ $a }” or “{ $b }”.
guide-why-human-knows = Somebody from IT support can help better from here. The finding goes along: { $cause }.
guide-why-human-sooner = Going on alone would now take longer than asking IT support.
guide-why-human-at-once = Somebody from IT support has to know this at once. Do the first steps now, then call or send the ticket.
guide-why-contradictory = What was measured and answered fits no known cause. Somebody from IT support can make more of it.
guide-very-likely = Very likely the cause
guide-probably = Probably the cause
guide-perhaps = Perhaps the cause
guide-something-else = Something that this guide does not know

"""The rules, a file for each subject. Their order is that of `mailpolicy.decision.table`."""

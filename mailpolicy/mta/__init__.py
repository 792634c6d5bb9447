"""How mail servers ask: one protocol each, and one server for all of them.

A protocol is an object that takes bytes and gives bytes (`session`), which tests drive without a network;
what it asks goes to the one `Desk`, which decides.
"""

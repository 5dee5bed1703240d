"""The Flow dialect, both directions, and the only place that knows it. Pure: no I/O, no clock.

parameters      names and values of parameters
asking, asked   requests: our values → parameters (client), parameters → our values (server)
documents       one image as a Solr document, both ways
updates         the bodies of /update, both ways
telling, told   answers: our values → JSON (server), JSON → our values (client)

How sure a name or shape is stands where it is used: [doc] pixolution's pages, [scanner] their dupe-scanner
on the wire, [solr] Solr's reference guide, [guess] by analogy, unconfirmed.
"""

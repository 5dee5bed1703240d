"""The Flow dialect, both directions, and the only place that knows it. Pure: no I/O, no clock.

parameters                 names and values of parameters
requests_out, requests_in  our values → parameters (client), parameters → our values (server)
facets                     parameters of facets and terms → our values (server)
solr                       Solr's parameters that the server refuses
documents                  one image as a Solr document, both ways
updates                    the bodies of /update, both ways
xml                        bodies of /update in XML (server)
replies_out, replies_in    our values → JSON (server), JSON → our values (client)

How sure a name or shape is stands where it is used: [doc] pixolution's pages, [scanner] their dupe-scanner
on the wire, [solr] Solr's reference guide, [guess] by analogy, unconfirmed.
"""

"""Collections of local folders: files are described once, then searched without reading them again.

>>> collection = EmbeddedCollection(workspace.collection("mine"), "mine")
>>> index(collection.store, [folder]).added
14
>>> picture = ByData((folder / "smaller-1.png").read_bytes())
>>> found = collection.duplicates(picture, DuplicateQuery(threshold=0.95))
>>> [collection.records([hit.id])[0].filename for hit in found.hits]
['smaller-1.png', 'scene-1.png']
>>> collection.close()
"""

"""Published test vectors: one file, one outcome. How to add some: vector.py; to make the files: make_vectors.py."""

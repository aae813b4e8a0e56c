"""The language server: what `engine/editor` answers, in the words of the Language Server Protocol."""

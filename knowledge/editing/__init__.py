"""Staff's work on the editorial layer: drafts, review, publishing, history, and what each change says in words."""

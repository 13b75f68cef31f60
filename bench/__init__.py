"""Speed and size, measured: what a developer runs to see what a change costs."""

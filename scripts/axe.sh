#!/bin/sh
# Print the path of axe-core, which audits pages for accessibility in the tests: fetched once from npm into var/axe.
version=4.14.1
file=var/axe/node_modules/axe-core/axe.min.js
if [ ! -f "$file" ]; then
	if ! command -v npm >/dev/null 2>&1; then
		echo "Cần npm để tải axe-core cho bài thử trợ năng (apt-get install npm)." >&2
		exit 1
	fi
	mkdir -p var/axe
	# Nothing of the package is run here: its one script file is given to the browser.
	if ! npm install --prefix var/axe --no-save --no-audit --no-fund --ignore-scripts --silent "axe-core@$version" >&2; then
		echo "Không tải được axe-core $version từ npm." >&2
		exit 1
	fi
fi
echo "$PWD/$file"

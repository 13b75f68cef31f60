#!/bin/sh
# Resolve pyproject.toml into requirements.lock: hashes, and no index addresses.
# Django is named by the wheel that carries htmx's file, and used by nothing of ours.
set -e
uv=$(sh scripts/uv.sh)
"$uv" pip compile pyproject.toml --extra dev --python-version 3.10 --python-platform x86_64-manylinux_2_28 \
	--generate-hashes --no-emit-index-url --no-header --no-annotate --quiet \
	--no-emit-package django --no-emit-package asgiref --no-emit-package sqlparse --output-file requirements.lock

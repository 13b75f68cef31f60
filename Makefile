# Một Cửa. 'make' lists the verbs; each needs nothing but what README.md names.
SHELL := /bin/sh
PY := .venv/bin/python
MOTCUA := .venv/bin/motcua

.DEFAULT_GOAL := help
.PHONY: help setup run test check lint chat eval figures train actions telegram fake-telegram fake-zalo bench bench-search chaos chaos-test fuzz audit lock clean

help: ## list the verbs
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

.venv/ready: requirements.lock pyproject.toml scripts/environment.sh scripts/find-python.sh
	@sh scripts/environment.sh

setup: .venv/ready ## bring everything up from nothing: environment, database, content, model
	@$(MOTCUA) setup

run: .venv/ready ## set up what is missing, then serve the assistant
	@$(MOTCUA) run

test: .venv/ready ## set up what is missing, then run all checks and the whole test suite
	@sh scripts/browser.sh
	@PY=$(PY) sh scripts/services.sh
	@$(MOTCUA) train
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@$(MOTCUA) check
	@$(PY) -m pytest -n 2 --dist loadgroup --no-loadscope-reorder -m "not measured and not chaos"
	@$(PY) -m pytest -m measured

lint: .venv/ready ## style and types only
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy

check: .venv/ready ## check our own content
	@$(MOTCUA) check

chat: setup ## talk to the assistant in the terminal
	@$(MOTCUA) chat

eval: setup ## figures on the development questions, where ../shared is there
	@$(MOTCUA) eval questions ../shared/eval/questions.jsonl
	@$(MOTCUA) eval dialogues ../shared/eval/dialogues.jsonl
	@$(MOTCUA) eval intents

figures: setup ## draw the figures of docs/figures.md anew
	@$(MOTCUA) eval figures ../shared/eval/questions.jsonl

train: .venv/ready ## train the model if what it learns from has changed
	@$(MOTCUA) train

actions: .venv/ready ## serve the actions alone, for 'rasa shell'
	@$(PY) -m actions

telegram: .venv/ready ## try a Telegram bot from home: make telegram TOKEN=what BotFather gave
	@$(MOTCUA) telegram

# Exported, so that the token stands in no command line but the one typed.
telegram: export MOTCUA_TELEGRAM_TOKEN := $(or $(TOKEN),$(MOTCUA_TELEGRAM_TOKEN))

fake-telegram: .venv/ready ## try the Telegram channel without Telegram: chat in the terminal
	@$(PY) -m tests.fakes.telegram_talk

fake-zalo: .venv/ready ## try the Zalo channel without Zalo: a page to chat through
	@$(PY) -m tests.fakes.zalo_page

bench: setup ## speed and memory into docs/bench.json: make bench PARTS="turn clients" OPTIONS="--rounds 5 --minutes 2"
	@$(PY) -m bench $(PARTS) $(OPTIONS)

bench-search: setup ## time of a search as the knowledge grows: make bench-search SIZES="10000 1000000"
	@$(PY) -m bench.search_scale $(SIZES)

chaos: .venv/ready ## kill parts at random while people write, count what came of it: make chaos SIZE=2000 KILLS=20 SEED=1
	@$(MOTCUA) train
	@$(PY) -m tests.chaos --size $(or $(SIZE),2000) --kills $(or $(KILLS),20) --seed $(or $(SEED),1) $(CHAOS)

chaos-test: .venv/ready ## a small chaos run as a test, with a look into the logs
	@$(MOTCUA) train
	@$(PY) -m pytest -m chaos

# Exported, so that the tests' own settings see it.
fuzz: export MUTATIONS := $(or $(SIZE),5000)
fuzz: .venv/ready ## post 5,000 spoilt payloads to every channel: make fuzz SIZE=5000
	@$(PY) -m pytest --timeout 3600 -k "mutated or spoilt" tests/bot/channels

audit: .venv/ready ## known vulnerabilities of the locked packages, held against docs/security.md
	@PY=$(PY) sh scripts/audit.sh

lock: .venv/ready ## resolve the dependencies anew into requirements.lock
	@sh scripts/lock.sh

clean: ## remove the environment, the database and the models
	rm -rf .venv var models .rasa

# make test       the suite (under 12 minutes on 2 cores)
# make test-slow  long recoveries and comparisons
# make bench      every benchmark beside its rival; make bench NAME=star for one
PYTHON ?= python3
BIN := .venv/bin
JOBS ?= 2

.PHONY: test test-slow bench format system-programs clean

.venv/.installed: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else "Vitreous needs Python 3.11 or later")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[study,test]"
	touch $@

system-programs: .venv/.installed
	$(BIN)/python tests/needs.py --install

test: system-programs
	$(BIN)/python -m pytest -m "not slow" -n $(JOBS) --dist worksteal

test-slow: system-programs
	$(BIN)/python -m pytest -m slow

bench: .venv/.installed
	$(BIN)/python -m benchmarks $(NAME)

format: .venv/.installed
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:
	rm -rf .venv .venv-rivals

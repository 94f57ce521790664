# make study      the course in the browser, at http://localhost:8000; make study PORT=8001 for another port
# make test       the suite (under 12 minutes on 2 cores)
# make test-slow  long recoveries and comparisons
# make screenshots  pictures of every meeting page and every practical, wide and narrow, in screenshots/
# make bench      every benchmark beside its rival; make bench NAME=star for one
PYTHON ?= python3
BIN := .venv/bin
JOBS ?= 2
PORT ?= 8000
BROWSER_CODE := $(shell find src/vitreous/study/browser -type f -not -path '*/node_modules/*') src/vitreous/show/volume_view.js

.PHONY: study test test-slow screenshots bench format system-programs clean

# installing bundles the browser code, so that it is done again where that code changed
.venv/.installed: pyproject.toml constraints.txt hatch_build.py $(BROWSER_CODE)
	$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else "Vitreous needs Python 3.11 or later")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[study,test]"
	touch $@

study: .venv/.installed
	$(BIN)/vitreous study --port $(PORT)

system-programs: .venv/.installed
	$(BIN)/python tests/needs.py --install

test: system-programs
	$(BIN)/python -m pytest -m "not slow" -n $(JOBS) --dist worksteal

test-slow: system-programs
	$(BIN)/python -m pytest -m slow

screenshots: system-programs
	PYTHONPATH=tests $(BIN)/python docs/screenshots.py

bench: .venv/.installed
	$(BIN)/python -m benchmarks $(NAME)

format: .venv/.installed
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:
	rm -rf .venv .venv-rivals

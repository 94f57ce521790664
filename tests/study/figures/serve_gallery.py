"""The gallery as marimo serves it, with the study's style sheet and script, at a free port that is printed."""

import socket
from pathlib import Path

import marimo
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

import vitreous.study

STATIC = Path(vitreous.study.__file__).parent / "static"
HEAD = (
    '<link rel="stylesheet" href="/static/vitreous/practical-style.css">'
    '<script type="module" src="/static/vitreous/practical.js"></script>'
)

if __name__ == "__main__":
    gallery = Path(__file__).with_name("gallery.py")
    served = marimo.create_asgi_app(quiet=True, html_head=HEAD).with_app(path="/gallery", root=str(gallery)).build()
    app = Starlette(routes=[Mount("/static", StaticFiles(directory=STATIC)), Mount("/", served)])
    with socket.create_server(("127.0.0.1", 0)) as free:
        print(f"http://127.0.0.1:{free.getsockname()[1]}/gallery/", flush=True)
        uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[free])

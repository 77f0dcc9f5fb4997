"""Request bodies as a WSGI server hands them over."""

import io

import pytest
from django.core.handlers.wsgi import WSGIRequest

from ingest.api.bodies import read_body
from nantrace.tensors.refusals import Malformed, TooLarge


def request(body: bytes, **environ: object) -> WSGIRequest:
    return WSGIRequest({"REQUEST_METHOD": "POST", "wsgi.input": io.BytesIO(body), **environ})


def test_the_length_bounds_what_is_read() -> None:
    assert read_body(request(b"abcdef", CONTENT_LENGTH="3"), 10, "send less") == b"abc"


def test_a_chunked_body_ends_where_the_server_says() -> None:
    chunked = {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}

    assert read_body(request(b"abcdef", **chunked), 6, "send less") == b"abcdef"
    with pytest.raises(TooLarge, match="limit is 5 bytes: send less"):
        read_body(request(b"abcdef", **chunked), 5, "send less")


def test_nothing_is_read_without_a_length_or_an_end() -> None:
    assert read_body(request(b"abcdef"), 10, "send less") == b""


def test_a_body_that_ends_early_is_refused() -> None:
    with pytest.raises(Malformed, match="cut off after 3 of 6 bytes"):
        read_body(request(b"abc", CONTENT_LENGTH="6"), 10, "send less")

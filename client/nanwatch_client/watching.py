"""Models and functions whose predictions are logged by themselves."""

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

from nanwatch_client.client import Client, recording_client
from nanwatch_client.environment import model_environment
from nanwatch_client.stream import Stream

ModelT = TypeVar("ModelT")
FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])
_OPTIONS = (str, bytes, int, float, type(None))  # no rows: rows have an axis


def watch(watched_model: ModelT, /, *, model: str = "", version: str, name: str = "") -> ModelT:
    """The model with its calls and its `predict` logged as predictions of `model` in `version`, as registered.

    Takes a Keras model, a `tf.function`, a SavedModel's signature or any function of a batch of rows. What comes
    back passes everything else on to the model, and is an instance of its class to `isinstance`. `name` is what
    `model` was called in earlier releases.
    """
    registered = model or name
    if not registered:
        raise TypeError("watch() needs `model`: the name under which the model is registered")
    return cast("ModelT", Watched(watched_model, registered, version))


class Watched:
    """A model behind its log. It says that its class is the model's: serving code asks `isinstance`."""

    __slots__ = ("_client", "_inputs", "_model", "_name", "_named", "_outputs", "_parameters", "_stream", "_version")

    _client: Client | None
    _stream: Stream

    def __init__(self, model: Any, name: str, version: str) -> None:
        own: dict[str, Any] = {
            "_model": model,
            "_name": name,
            "_version": version,
            "_inputs": _names(model, "inputs"),
            "_outputs": _names(model, "outputs"),
            "_parameters": _parameters(model),
            "_client": None,
        }
        own["_named"] = bool(own["_inputs"] or own["_outputs"])
        for attribute, value in own.items():
            object.__setattr__(self, attribute, value)

    @property  # type: ignore[misc]
    def __class__(self) -> type:
        return type(self._model)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Calls the model."""
        try:
            outputs = self._model(*args, **kwargs)
        except Exception as error:
            self._log(args, kwargs, None, type(error).__name__)
            raise
        self._log(args, kwargs, outputs)
        return outputs

    def predict(self, *args: Any, **kwargs: Any) -> Any:
        """Calls the model's `predict`."""
        return _called(self._model.predict, self._log)(*args, **kwargs)

    def __getattr__(self, attribute: str) -> Any:
        return getattr(self._model, attribute)

    def __setattr__(self, attribute: str, value: Any) -> None:
        setattr(self._model, attribute, value)

    def __delattr__(self, attribute: str) -> None:
        delattr(self._model, attribute)

    def __dir__(self) -> list[str]:
        return dir(self._model)

    def __reduce_ex__(self, protocol: Any) -> Any:
        """A copy, or what comes out of a pickle, is the model alone."""
        return self._model.__reduce_ex__(protocol)

    def __repr__(self) -> str:
        return f"<{self._name} {self._version} watched: {self._model!r}>"

    def _log(self, args: tuple[Any, ...], kwargs: Mapping[str, Any], outputs: Any, raised: str = "") -> None:
        client = recording_client()
        if client is None:
            return
        try:
            if client is not self._client:
                self._meet(client)
            inputs = _inputs_of(self._parameters, args, kwargs)
            if self._named:
                inputs, outputs = _by_name(inputs, self._inputs), _by_name(outputs, self._outputs)
            self._stream.log(inputs, outputs, None, True, raised)
        except Exception as error:  # noqa: BLE001 - it must not reach the serving code
            client.failed(error)

    def _meet(self, client: Client) -> None:
        """With the first prediction in a process, and after another `init`."""
        client.describe(self._name, self._version, model_environment(self._model))
        object.__setattr__(self, "_stream", client.stream(self._name, self._version))
        object.__setattr__(self, "_client", client if client.sends else None)


def watched(*, model: str, version: str) -> Callable[[FunctionT], FunctionT]:
    """Decorates a function of one prediction: its arguments are the inputs, what it returns the outputs.

    One argument is the input without a name; several are inputs by their names. Methods and coroutines too.
    """

    def decorate(function: FunctionT) -> FunctionT:
        record = functools.partial(_record, inspect.signature(function), model, version)
        wrapped = _awaited if inspect.iscoroutinefunction(function) else _called
        return cast("FunctionT", functools.wraps(function)(wrapped(function, record)))

    return decorate


def _called(function: Callable[..., Any], record: Callable[..., None]) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            outputs = function(*args, **kwargs)
        except Exception as error:
            record(args, kwargs, None, type(error).__name__)
            raise
        record(args, kwargs, outputs)
        return outputs

    return call


def _awaited(function: Callable[..., Any], record: Callable[..., None]) -> Callable[..., Any]:
    async def call(*args: Any, **kwargs: Any) -> Any:
        try:
            outputs = await function(*args, **kwargs)
        except Exception as error:
            record(args, kwargs, None, type(error).__name__)
            raise
        record(args, kwargs, outputs)
        return outputs

    return call


def _record(
    parameters: inspect.Signature,
    model: str,
    version: str,
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any],
    outputs: Any,
    raised: str = "",
) -> None:
    client = recording_client()
    if client is None:
        return
    try:
        inputs = _arguments(parameters, args, kwargs)
    except Exception as error:  # noqa: BLE001 - it must not reach the serving code
        client.failed(error)
    else:
        client.log(inputs, outputs, model, version, raised=raised)


def _arguments(parameters: inspect.Signature, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
    named = _bound(parameters, args, kwargs)
    return next(iter(named.values())) if len(named) == 1 else named


def _bound(parameters: inspect.Signature, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
    bound = parameters.bind(*args, **kwargs).arguments
    return {name: value for name, value in bound.items() if name not in ("self", "cls")}


def _parameters(model: Any) -> inspect.Signature | None:
    """Those of a function of several inputs, a `tf.function` too; None of a model, or of a function of one."""
    try:
        function = getattr(model, "python_function", model)
        if not inspect.isroutine(function):
            return None
        signature = inspect.signature(function)
    except Exception:  # noqa: BLE001 - a function in C has no signature, and a model may do anything
        return None
    inputs = [one for one in signature.parameters.values() if one.default is one.empty]
    return signature if len(inputs) > 1 else None


def _inputs_of(parameters: inspect.Signature | None, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
    """The inputs of a call.

    A function of several has them by the names of its parameters, a signature of a SavedModel as keywords. Keras calls
    its one argument `inputs` or `x`.
    """
    if parameters is not None:
        named = _bound(parameters, args, kwargs)
        rows = {name: value for name, value in named.items() if not isinstance(value, _OPTIONS)}
        return next(iter(rows.values())) if len(rows) == 1 else rows
    if args:
        return args[0]
    return next((kwargs[name] for name in ("inputs", "x") if name in kwargs), kwargs)


def _names(model: Any, side: str) -> list[str]:
    """Names of several inputs or outputs of a Keras model; none where there is one, or nothing is known."""
    try:
        names = [str(tensor.name) for tensor in getattr(model, side, None) or ()]
    except Exception:  # noqa: BLE001 - a model may do anything when it is asked
        return []
    return names if len(names) > 1 else []


def _by_name(value: Any, names: list[str]) -> Any:
    return dict(zip(names, value, strict=True)) if names and isinstance(value, (list, tuple)) else value

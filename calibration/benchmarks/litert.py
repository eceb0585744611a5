"""The leg landmarker's convolutions in LiteRT and in onnxruntime, taking turns on one thread: which is faster.

``python -m calibration.benchmarks.litert [--rounds 9] [--json FILE]``

Needs ``pip install onnx tensorflow-cpu ai-edge-litert``, which nothing else here does. The encoder and the decoder
(16 of the network's 19 convolutions) are written again as a LiteRT model with the same weights; both must give the
same numbers, or nothing is timed.
"""

import statistics
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any

import numpy as np

from calibration.benchmarks.told import made_on, parser_of, tell
from rom.pose.models import model_bytes
from rom.records import Floats

LOOKS, WARM = 60, 5
SAME = 1e-4  # largest difference of two outputs of the same weights, single precision


def convolutions(folder: Path) -> Path:
    """The network from its first convolution to the last of its decoder, as ONNX."""
    import onnx
    from onnx.utils import extract_model

    whole = onnx.shape_inference.infer_shapes(onnx.load_from_string(model_bytes("leg")))
    onnx.save(whole, str(folder / "whole.onnx"))
    layers = [node for node in whole.graph.node if node.op_type == "Conv"]
    part = folder / "convolutions.onnx"
    extract_model(str(folder / "whole.onnx"), str(part), [layers[0].input[0]], [layers[-1].output[0]])
    return part


def as_litert(part: Path) -> bytes:
    """The same layers, channels last, as a LiteRT model."""
    import onnx
    import tensorflow as tf

    graph = onnx.load(str(part)).graph
    weights = {kept.name: onnx.numpy_helper.to_array(kept) for kept in graph.initializer}
    size = graph.input[0].type.tensor_type.shape.dim[2].dim_value

    def run(crop: Any) -> Any:
        known = {graph.input[0].name: crop}
        for node in graph.node:
            given = [known[name] for name in node.input if name in known]
            if node.op_type == "Conv":
                known[node.output[0]] = _convolved(tf, given[0], node, weights)
            elif node.op_type == "Relu":
                known[node.output[0]] = tf.nn.relu(given[0])
            elif node.op_type == "Add":
                known[node.output[0]] = given[0] + given[1]
            elif node.op_type == "Resize":
                larger = [2 * side for side in given[0].shape[1:3]]
                known[node.output[0]] = tf.image.resize(given[0], larger, "nearest")
        return known[graph.output[0].name]

    traced = tf.function(run, input_signature=[tf.TensorSpec((1, size, size, 3), tf.float32)])
    return bytes(tf.lite.TFLiteConverter.from_concrete_functions([traced.get_concrete_function()]).convert())


def _convolved(tf: Any, crop: Any, node: Any, weights: dict[str, Floats]) -> Any:
    """One convolution with its bias, padded as ONNX pads it."""
    told = {one.name: list(one.ints) for one in node.attribute if one.ints}
    pad, stride = told["pads"][0], told["strides"][0]
    padded = tf.pad(crop, [[0, 0], [pad, pad], [pad, pad], [0, 0]]) if pad else crop
    kernel, bias = weights[node.input[1]].transpose(2, 3, 1, 0), weights[node.input[2]]
    return tf.nn.bias_add(tf.nn.conv2d(padded, kernel, stride, "VALID"), bias)


def ready(part: Path) -> dict[str, Callable[[], Floats]]:
    """Both engines on one thread with one crop; ``ValueError`` where they do not say the same."""
    import onnxruntime
    from ai_edge_litert.interpreter import Interpreter

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(part), options, providers=["CPUExecutionProvider"])
    asked = session.get_inputs()[0]
    planes = np.random.default_rng(0).normal(size=asked.shape).astype(np.float32)
    last = np.ascontiguousarray(planes.transpose(0, 2, 3, 1))
    lite = Interpreter(model_content=as_litert(part), num_threads=1)
    lite.allocate_tensors()
    into, out = lite.get_input_details()[0]["index"], lite.get_output_details()[0]["index"]

    def litert() -> Floats:
        lite.set_tensor(into, last)
        lite.invoke()
        return np.asarray(lite.get_tensor(out))

    def onnx() -> Floats:
        return np.asarray(session.run(None, {asked.name: planes})[0])

    apart = float(np.abs(litert() - onnx().transpose(0, 2, 3, 1)).max())
    if apart > SAME:
        raise ValueError(f"Expected the same numbers from both engines, but they differ by {apart:g}.")
    return {"litert": litert, "onnxruntime": onnx}


def run(rounds: int) -> dict[str, Any]:
    """Milliseconds of processor time of one crop, round by round, the engines taking turns."""
    from importlib.metadata import version

    with TemporaryDirectory() as folder:
        engines = ready(convolutions(Path(folder)))
    spent: dict[str, list[float]] = {name: [] for name in engines}
    for _ in range(rounds):
        for name, look in engines.items():
            for _ in range(WARM):
                look()
            began = process_time()
            for _ in range(LOOKS):
                look()
            spent[name].append((process_time() - began) / LOOKS * 1000)
    middle = {name: statistics.median(all_ms) for name, all_ms in spent.items()}
    return {
        "question": "the convolutions of the leg landmarker on one thread: LiteRT over onnxruntime",
        "ms": {name: [round(ms, 2) for ms in all_ms] for name, all_ms in spent.items()},
        "ms_median": {name: round(ms, 2) for name, ms in middle.items()},
        "ratio": round(middle["litert"] / middle["onnxruntime"], 2),
        "versions": {name: version(name) for name in ("ai-edge-litert", "onnxruntime")},
        **made_on(),
    }


def main() -> None:
    """Run, print, and write the result where asked."""
    parser = parser_of(__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    given = parser.parse_args()
    tell(run(given.rounds), given.json)


if __name__ == "__main__":
    main()

"""Writes network.json beside this file: what numpy says in double precision about networks, losses,
gradients and steps of Adam that the Rust tests rebuild. Gradients are central differences of the
loss, so that no formula for a derivative is shared. With `--files FOLDER` it also writes weights as
other programs write them. Run it after changing a case:

    pip install numpy safetensors
    python systems/survivability/tests/oracle/network.py
"""

import json
import pathlib
import sys

import numpy as np

HERE = pathlib.Path(__file__).parent


def lcg(seed, n):
    """Uniform numbers in [0, 1) that any language rebuilds."""
    state, out = seed, []
    for _ in range(n):
        state = (6364136223846793005 * state + 1442695040888963407) % 2**64
        out.append((state >> 11) / 2**53)
    return np.array(out)


def numbers(seed, shape, scale):
    """Centred on 0, rounded to single precision."""
    flat = (lcg(seed, int(np.prod(shape))) - 0.5) * scale
    return flat.astype(np.float32).astype(np.float64).reshape(shape)


def network(widths, seed, scale):
    """Weights are [outputs, inputs], as PyTorch stores them."""
    layers = []
    for index, (inputs, outputs) in enumerate(zip(widths, widths[1:])):
        weight = numbers(seed + 2 * index, (outputs, inputs), scale)
        layers.append((weight, numbers(seed + 2 * index + 1, (outputs,), scale)))
    return layers


def forward(layers, x):
    for index, (weight, bias) in enumerate(layers):
        x = x @ weight.T + bias
        if index < len(layers) - 1:
            x = np.maximum(x, 0)
    return x


def log_policy(logits, mask):
    """Logarithms of the softmax over what is not masked."""
    logits = np.where(mask, logits, -np.inf)
    top = logits.max(axis=1, keepdims=True)
    return logits - top - np.log(np.exp(logits - top).sum(axis=1, keepdims=True))


def cross_entropy(logits, mask, actions, weights):
    chosen = log_policy(logits, mask)[np.arange(len(actions)), actions]
    return -(weights * chosen).mean()


def differences(loss, values, h=1e-6):
    """The gradient of `loss` by `values`, which it reads and which are changed in place."""
    gradient = np.zeros_like(values)
    for index in np.ndindex(values.shape):
        kept = values[index]
        values[index] = kept + h
        above = loss()
        values[index] = kept - h
        gradient[index] = (above - loss()) / (2 * h)
        values[index] = kept
    return gradient


def adam(parameters, gradients, rate):
    """Algorithm 1 of Kingma and Ba (2015)."""
    m, v = np.zeros_like(parameters), np.zeros_like(parameters)
    for t, gradient in enumerate(gradients, 1):
        m = 0.9 * m + 0.1 * gradient
        v = 0.999 * v + 0.001 * gradient**2
        m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
        parameters = parameters - rate * m_hat / (np.sqrt(v_hat) + 1e-8)
    return parameters


def forward_cases():
    cases = []
    for widths, seed in [([25, 128, 64, 4], 100), ([25, 64, 4], 200), ([15, 7, 2], 300)]:
        inputs = numbers(seed + 50, (3, widths[0]), 4.0)
        outputs = forward(network(widths, seed, 0.4), inputs)
        cases.append({"widths": widths, "seed": seed, "outputs": outputs.tolist()})
    return cases


def gradient_case():
    widths, seed = [20, 6, 5, 3], 400
    layers = network(widths, seed, 0.8)
    x = numbers(seed + 50, (4, 20), 2.0)
    mask = np.array([[1, 1, 1], [0, 1, 1], [1, 0, 1], [0, 0, 1]], dtype=bool)
    actions = np.array([1, 2, 0, 2])

    def loss():
        return cross_entropy(forward(layers, x), mask, actions, np.ones(4))

    gradients = [[differences(loss, part).ravel().tolist() for part in layer] for layer in layers]
    return {"widths": widths, "seed": seed, "mask": mask.tolist(), "actions": actions.tolist(),
            "loss": loss(), "gradients": gradients}


def weighted_case():
    logits = numbers(500, (4, 3), 6.0)
    mask = np.array([[1, 1, 1], [1, 1, 0], [0, 1, 1], [1, 1, 1]], dtype=bool)
    actions, weights = np.array([0, 1, 2, 2]), np.array([0.25, 100.0, 1.5, 0.0])

    def loss():
        return cross_entropy(logits, mask, actions, weights)

    gradient = differences(loss, logits)
    return {"seed": 500, "mask": mask.tolist(), "actions": actions.tolist(),
            "weights": weights.tolist(), "loss": loss(), "gradient": gradient.ravel().tolist()}


def expectile_case():
    differences_ = [-2.0, -0.5, 0.0, 0.25, 3.0]
    estimate = np.zeros(5)

    def loss():
        u = np.array(differences_) - estimate
        return (np.abs(0.7 - (u < 0)) * u**2).sum()

    return {"differences": differences_, "expectile": 0.7, "loss": loss(),
            "gradient": differences(loss, estimate).tolist()}


def adam_case():
    gradients = numbers(600, (6, 5), 3.0)
    gradients[:, 4] = 0.0
    parameters = numbers(601, (5,), 1.0)
    return {"seed": 600, "steps": 6, "rate": 0.01,
            "parameters": adam(parameters, gradients, 0.01).tolist()}


def foreign_files(folder):
    from safetensors.numpy import save_file

    def tensors(names, layers, kind):
        parts = {}
        for name, (weight, bias) in zip(names, layers):
            parts[f"{name}.weight"] = weight.astype(kind)
            parts[f"{name}.bias"] = bias.astype(kind)
        return parts

    three, two = network([10, 3, 2, 1], 700, 1.0), network([15, 4, 2], 800, 1.0)
    single, double = np.float32, np.float64
    save_file(tensors(["fc1", "fc2", "fc3"], three, single), folder / "named.safetensors")
    save_file(tensors(["0", "2", "4"], three, double), folder / "sequential.safetensors",
              {"format": "pt"})
    save_file(tensors(["actor.0", "actor.2"], two, single), folder / "actor.safetensors")
    save_file(tensors(["0", "2"], two, single), folder / "bare_actor.safetensors",
              {"kind": "iql", "k": "2"})


if __name__ == "__main__":
    if sys.argv[1:2] == ["--files"]:
        foreign_files(pathlib.Path(sys.argv[2]))
    golden = {"forward": forward_cases(), "gradient": gradient_case(),
              "weighted": weighted_case(), "expectile": expectile_case(), "adam": adam_case()}
    (HERE / "network.json").write_text(json.dumps(golden, indent=1) + "\n")

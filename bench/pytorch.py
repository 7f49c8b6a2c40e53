"""Times the rows of the bench in PyTorch, for `npm run -s bench -- --torch FILE`:

    npm run -s bench -- --list rows.json
    python3 bench/pytorch.py rows.json torch.json
    npm run -s bench -- --torch torch.json

Eager float32 without TF32, on the first CUDA device or else on the CPU, channels first. A round is as many repetitions as
take 60 ms; the time is the median of 9 rounds, per repetition. Only sizes come from the bench: the numbers are not compared.
"""

import json
import statistics
import sys
import time

import torch
from torch.nn import functional as F

ENOUGH = 60  # milliseconds of a round
ROUNDS = 9

torch.backends.cuda.matmul.allow_tf32 = False
torch.backends.cudnn.allow_tf32 = False
torch.backends.cudnn.benchmark = True  # cuDNN's fastest algorithm for each shape
CUDA = torch.cuda.is_available()
DEVICE = torch.device("cuda" if CUDA else "cpu")


def images(shape, **options):
    """Normal numbers for x (N, H, W, C), as (N, C, H, W)."""
    N, H, W, C = shape
    return torch.randn(N, C, H, W, device=DEVICE, **options)


def matmul(M, N, K):
    a = torch.randn(M, K, device=DEVICE)
    b = torch.randn(K, N, device=DEVICE)
    return lambda: a @ b


def conv2d(x, O, R, stride, pad, grad=False):
    w = torch.randn(O, x[3], R, R, device=DEVICE, requires_grad=grad)
    x = images(x, requires_grad=grad)
    forward = lambda: F.conv2d(x, w, stride=stride, padding=pad)
    return with_gradients(forward, [x, w]) if grad else forward


def batch_norm_grad(x, momentum, epsilon):
    C = x[3]
    scale, shift = (torch.randn(C, device=DEVICE, requires_grad=True) for _ in range(2))
    mean, variance = torch.zeros(C, device=DEVICE), torch.zeros(C, device=DEVICE)
    x = images(x, requires_grad=True)
    forward = lambda: F.batch_norm(x, mean, variance, scale, shift, True, momentum, epsilon)
    return with_gradients(forward, [x, scale, shift])


def with_gradients(forward, inputs):
    dy = torch.randn_like(forward())
    return lambda: torch.autograd.grad(forward(), inputs, dy)


class Residual(torch.nn.Module):
    def __init__(self, layers):
        super().__init__()
        self.layers = layers

    def forward(self, x):
        return x + self.layers(x)


def module_of(layer, x):
    """The layer as a module, for an input like x."""
    kind, C = layer["kind"], x.shape[1]
    if kind == "conv":
        options = {"groups": layer.get("groups", 1), "bias": layer.get("bias", False)}
        return torch.nn.Conv2d(C, layer["filters"], layer["size"], layer["stride"], layer["pad"], **options)
    if kind == "batchNorm":
        return (torch.nn.BatchNorm2d if x.dim() == 4 else torch.nn.BatchNorm1d)(C)
    if kind == "prelu":
        return torch.nn.PReLU(C)
    if kind == "flatten":
        return torch.nn.Flatten()
    if kind == "linear":
        return torch.nn.Linear(C, layer["size"])
    if kind == "residual":
        return Residual(sequence_of(layer["layers"], x)[0])
    raise ValueError(f"the net has a layer {kind} but it must be one that this file knows")


def sequence_of(layers, x):
    """The layers as a module, and what it makes of x."""
    modules = torch.nn.Sequential()
    for layer in layers:
        module = module_of(layer, x).to(DEVICE)
        x = module(x)
        modules.append(module)
    return modules, x


def train_step(net, batch, classes, gamma, rate, momentum, weightDecay):
    x = images([batch, net["height"], net["width"], net["channels"]])
    label = torch.randint(classes, [batch], device=DEVICE)
    embed, embeddings = sequence_of(net["layers"], x)
    model = embed.append(torch.nn.Linear(embeddings.shape[1], classes).to(DEVICE))
    optimizer = torch.optim.SGD(model.parameters(), rate, momentum, weight_decay=weightDecay)

    def step():
        optimizer.zero_grad()
        nll = F.cross_entropy(model(x), label, reduction="none")
        loss = (nll / (gamma * torch.exp(-nll) + 1) ** 2).mean()  # Knot Magnify
        loss.backward()
        optimizer.step()

    return step


WORK = {
    "matmul": matmul,
    "conv2d": conv2d,
    "conv2d-grad": lambda **sizes: conv2d(**sizes, grad=True),
    "batchnorm-grad": batch_norm_grad,
    "train-step": train_step,
}


def time_of(work, repetitions):
    """Milliseconds of all repetitions."""
    if not CUDA:
        start = time.perf_counter()
        for _ in range(repetitions):
            work()
        return 1000 * (time.perf_counter() - start)
    start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
    torch.cuda.synchronize()
    start.record()
    for _ in range(repetitions):
        work()
    end.record()
    torch.cuda.synchronize()
    return start.elapsed_time(end)


def median_of(work):
    """Milliseconds of one repetition."""
    time_of(work, 3)  # warms up
    repetitions = 1
    while time_of(work, repetitions) < ENOUGH:
        repetitions *= 2
    return statistics.median(time_of(work, repetitions) for _ in range(ROUNDS)) / repetitions


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: python3 bench/pytorch.py ROWS.json TORCH.json")
    with open(sys.argv[1]) as file:
        asked = json.load(file)["rows"]
    name = torch.cuda.get_device_name() if CUDA else f"the CPU with {torch.get_num_threads()} threads"
    rows = []
    for row in asked:
        sizes = {key: value for key, value in row.items() if key not in ("name", "shape")}
        if row["name"] not in WORK:
            continue
        ms = median_of(WORK[row["name"]](**sizes))
        print(f"{row['name']} {row['shape']}: {ms:.4g} ms")
        rows.append({"name": row["name"], "shape": row["shape"], "ms": ms})
    with open(sys.argv[2], "w") as file:
        json.dump({"device": f"{name}, PyTorch {torch.__version__}, eager", "rows": rows}, file, indent=2)


if __name__ == "__main__":
    main()

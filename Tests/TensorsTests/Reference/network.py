"""Reference cases for the operations that networks are made of, computed by PyTorch in float64.

Needs `pip install torch==2.13.0+cpu safetensors`; run as `python network.py`. Writes network.safetensors
beside it, which the tests read: tests need no Python. A case has inputs `in0 in1 ...`, results `out0 ...`,
the gradient given of the first result `g`, and the gradients of floating inputs `grad0 ...`.
"""
import pathlib

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)
tensors = {}


def rnd(*shape):
    return torch.randn(*shape)


def case(name, function, *inputs):
    torch.manual_seed(sum(ord(c) * 31**i for i, c in enumerate(name)) % 1_000_003)
    inputs = [make() if callable(make) else make for make in inputs]
    leaves = [x.clone().requires_grad_() if x.is_floating_point() else x for x in inputs]
    outputs = function(*leaves)
    outputs = outputs if isinstance(outputs, tuple) else (outputs,)
    for i, x in enumerate(inputs):
        tensors[f"{name}.in{i}"] = x.contiguous()
    for i, y in enumerate(outputs):
        tensors[f"{name}.out{i}"] = y.detach().clone().contiguous()
    if outputs[0].requires_grad:
        g = torch.randn(outputs[0].shape)
        wanted = [x for x in leaves if x.requires_grad]
        found = torch.autograd.grad(outputs[0], wanted, g, allow_unused=True)
        tensors[f"{name}.g"] = g
        k = 0
        for i, x in enumerate(leaves):
            if x.requires_grad:
                gradient = found[k] if found[k] is not None else torch.zeros_like(x)
                tensors[f"{name}.grad{i}"] = gradient.clone().contiguous()
                k += 1


def R(*shape):
    return lambda: rnd(*shape)


def ties(*shape):
    """Small whole numbers, so that windows have equal largest elements."""
    return lambda: torch.randint(0, 3, shape).double()


# ---- convolution
case("conv1d", lambda x, w, b: F.conv1d(x, w, b, stride=2, padding=1), R(2, 3, 9), R(4, 3, 3), R(4))
case("conv1d_same", lambda x, w: F.conv1d(x, w, padding="same", dilation=2), R(2, 3, 9), R(4, 3, 4))
case("conv2d", lambda x, w, b: F.conv2d(x, w, b), R(2, 3, 5, 6), R(4, 3, 3, 2), R(4))
case("conv2d_groups", lambda x, w, b: F.conv2d(x, w, b, stride=(2, 1), padding=(1, 0), groups=2), R(2, 4, 5, 6), R(6, 2, 3, 3), R(6))
case("conv2d_dilated", lambda x, w: F.conv2d(x, w, dilation=(2, 1), padding="same"), R(1, 2, 6, 5), R(3, 2, 3, 4))
case("conv2d_unbatched", lambda x, w, b: F.conv2d(x, w, b), R(3, 5, 6), R(4, 3, 3, 3), R(4))
case("conv3d", lambda x, w, b: F.conv3d(x, w, b, padding=1, stride=(1, 2, 1)), R(1, 2, 3, 4, 5), R(3, 2, 2, 3, 2), R(3))
case("conv_transpose1d", lambda x, w, b: F.conv_transpose1d(x, w, b, stride=3, padding=1, output_padding=2), R(2, 3, 5), R(3, 4, 4), R(4))
case("conv_transpose2d", lambda x, w, b: F.conv_transpose2d(x, w, b, stride=2, padding=1, output_padding=(1, 0), groups=2, dilation=(1, 2)), R(2, 4, 3, 4), R(4, 3, 3, 3), R(6))

# ---- pooling
case("max_pool2d", lambda x: F.max_pool2d(x, 2, return_indices=True), ties(2, 3, 6, 7))
case("max_pool2d_options", lambda x: F.max_pool2d(x, (3, 2), stride=(2, 1), padding=1, dilation=(1, 2), ceil_mode=True, return_indices=True), ties(2, 2, 6, 7))
case("max_pool1d", lambda x: F.max_pool1d(x, 3, 2, 1, ceil_mode=True), R(2, 3, 8))
case("max_pool1d_overlapping", lambda x: F.max_pool1d(x, 3, 1), R(3, 8))
case("max_pool2d_nan", lambda x: F.max_pool2d(x, 2), lambda: torch.tensor([[[1.0, 2, float("nan"), 0], [3, 4, 5, 6]]]))
case("avg_pool2d", lambda x: F.avg_pool2d(x, 2), R(2, 3, 6, 7))
case("avg_pool2d_padded", lambda x: F.avg_pool2d(x, 3, stride=2, padding=1, ceil_mode=True), R(2, 2, 6, 7))
case("avg_pool2d_excluding", lambda x: F.avg_pool2d(x, 3, stride=2, padding=1, ceil_mode=True, count_include_pad=False), R(2, 2, 6, 7))
case("avg_pool2d_divisor", lambda x: F.avg_pool2d(x, (2, 3), stride=1, divisor_override=5), R(2, 5, 6))
case("avg_pool1d", lambda x: F.avg_pool1d(x, 4, 3, 2), R(2, 3, 9))
case("adaptive_avg_pool2d", lambda x: F.adaptive_avg_pool2d(x, (3, 4)), R(2, 3, 7, 5))
case("adaptive_avg_pool2d_one", lambda x: F.adaptive_avg_pool2d(x, (1, None)), R(2, 3, 7, 5))
case("adaptive_avg_pool1d", lambda x: F.adaptive_avg_pool1d(x, 5), R(2, 3, 7))
case("adaptive_max_pool2d", lambda x: F.adaptive_max_pool2d(x, (3, 2), return_indices=True), R(2, 3, 7, 5))
case("adaptive_max_pool1d", lambda x: F.adaptive_max_pool1d(x, 3, return_indices=True), R(2, 3, 7))


# ---- normalization
def batch_norm(training, momentum=0.1):
    def run(x, w, b, mean, var):
        mean, var = mean.detach().clone(), var.detach().clone().abs() + 0.5
        y = F.batch_norm(x, mean, var, w, b, training, momentum, 1e-3)
        return y, mean, var
    return run


case("batch_norm_train", batch_norm(True), R(4, 3, 5, 2), R(3), R(3), R(3), R(3))
case("batch_norm_eval", batch_norm(False), R(4, 3, 5, 2), R(3), R(3), R(3), R(3))
case("batch_norm_features", batch_norm(True, 0.3), R(6, 5), R(5), R(5), R(5), R(5))
case("batch_norm_bare", lambda x: F.batch_norm(x, None, None, training=True), R(4, 3, 5))
case("batch_norm_eval_bare", lambda x: F.batch_norm(x, torch.tensor([0.5, -1.0, 2.0]), torch.tensor([1.0, 4.0, 0.25])), R(2, 3, 5))
case("layer_norm", lambda x, w, b: F.layer_norm(x, (5,), w, b), R(4, 3, 5), R(5), R(5))
case("layer_norm_two", lambda x, w, b: F.layer_norm(x, (3, 5), w, b, 1e-2), R(4, 3, 5), R(3, 5), R(3, 5))
case("layer_norm_bare", lambda x: F.layer_norm(x, (40,)), R(7, 40))
case("rms_norm", lambda x, w: F.rms_norm(x, (5,), w), R(4, 3, 5), R(5))
case("rms_norm_bare", lambda x: F.rms_norm(x, (3, 5), eps=1e-2), R(4, 3, 5))
case("group_norm", lambda x, w, b: F.group_norm(x, 2, w, b), R(3, 4, 5, 2), R(4), R(4))
case("group_norm_bare", lambda x: F.group_norm(x, 3), R(3, 6))
case("instance_norm", lambda x, w, b: F.instance_norm(x, weight=w, bias=b), R(3, 4, 5, 2), R(4), R(4))


def instance_norm_running(x, mean, var):
    mean, var = mean.detach().clone(), var.detach().clone().abs()
    y = F.instance_norm(x, mean, var, momentum=0.2)
    return y, mean, var


case("instance_norm_running", instance_norm_running, R(3, 4, 7), R(4), R(4))

# ---- embedding
ids = lambda *shape: lambda: torch.randint(0, 7, shape)
case("embedding", lambda i, w: F.embedding(i, w), ids(3, 4), R(7, 5))
case("embedding_padding", lambda i, w: F.embedding(i, w, padding_idx=2), ids(20), R(7, 5))
for mode in ("sum", "mean", "max"):
    case(f"embedding_bag_{mode}", lambda i, w: F.embedding_bag(i, w, mode=mode), ids(3, 4), R(7, 5))
    case(f"embedding_bag_{mode}_offsets", lambda i, w, o: F.embedding_bag(i, w, o, mode=mode, padding_idx=3), ids(9), R(7, 5), torch.tensor([0, 2, 2, 8]))
case("embedding_bag_weights", lambda i, w, s: F.embedding_bag(i, w, mode="sum", per_sample_weights=s), ids(3, 4), R(7, 5), R(3, 4))

# ---- attention
A = F.scaled_dot_product_attention
case("attention", lambda q, k, v: A(q, k, v), R(2, 3, 4, 5), R(2, 3, 6, 5), R(2, 3, 6, 7))
case("attention_causal", lambda q, k, v: A(q, k, v, is_causal=True), R(2, 70, 6), R(2, 70, 6), R(2, 70, 6))
case("attention_causal_wide", lambda q, k, v: A(q, k, v, is_causal=True, scale=0.3), R(1, 1, 5, 4), R(1, 1, 8, 4), R(1, 1, 8, 4))
case("attention_flat", lambda q, k, v: A(q, k, v), R(3, 4), R(5, 4), R(5, 2))
case("attention_mask", lambda q, k, v, m: A(q, k, v, attn_mask=m), R(2, 3, 4, 5), R(2, 3, 6, 5), R(2, 3, 6, 5), lambda: torch.rand(2, 1, 4, 6) > 0.3)
case("attention_added", lambda q, k, v, m: A(q, k, v, attn_mask=m), R(2, 3, 4, 5), R(2, 3, 6, 5), R(2, 3, 6, 5), R(4, 6))

# ---- interpolation
for mode, shape, size, scale in (("linear", (2, 3, 5), 8, 0.7), ("bilinear", (2, 3, 4, 5), (7, 3), (1.6, 2.0)),
                                 ("bicubic", (2, 2, 4, 5), (7, 3), (1.5, 2.2)), ("trilinear", (1, 2, 3, 4, 2), (5, 3, 4), 2.0)):
    case(f"interpolate_{mode}", lambda x: F.interpolate(x, size=size, mode=mode), R(*shape))
    case(f"interpolate_{mode}_corners", lambda x: F.interpolate(x, size=size, mode=mode, align_corners=True), R(*shape))
    case(f"interpolate_{mode}_scale", lambda x: F.interpolate(x, scale_factor=scale, mode=mode), R(*shape))
case("interpolate_nearest", lambda x: F.interpolate(x, scale_factor=2), R(2, 3, 4, 5))
case("interpolate_nearest_odd", lambda x: F.interpolate(x, size=(3, 8)), R(2, 3, 4, 5))
case("interpolate_nearest_exact", lambda x: F.interpolate(x, size=(3, 8), mode="nearest-exact"), R(2, 3, 4, 5))
case("interpolate_area", lambda x: F.interpolate(x, size=(3, 8), mode="area"), R(2, 3, 4, 5))

# ---- the rest
case("pixel_shuffle", lambda x: F.pixel_shuffle(x, 2), R(2, 8, 3, 2))
case("pixel_unshuffle", lambda x: F.pixel_unshuffle(x, 3), R(2, 2, 6, 9))
case("cosine_similarity", lambda a, b: F.cosine_similarity(a, b), R(3, 4, 2), R(3, 4, 2))
case("cosine_similarity_last", lambda a, b: F.cosine_similarity(a, b, dim=-1), R(3, 4), R(1, 4))
case("one_hot", lambda i: F.one_hot(i), ids(2, 5))
case("one_hot_classes", lambda i: F.one_hot(i, 9), ids(6))


# ---- recurrent layers: x, then the parameters in PyTorch's order, then the first states
def recurrent(kind, layers=1, bidirectional=False, states=True, lengths=None, bias=True, batch_first=False, activation="tanh"):
    options = dict(nonlinearity=activation) if kind == "RNN" else {}
    net = getattr(torch.nn, kind)(3, 4, layers, bias=bias, bidirectional=bidirectional, batch_first=batch_first, **options)
    names = [n for n, _ in net.named_parameters()]
    shapes = [tuple(p.shape) for _, p in net.named_parameters()]
    k = layers * (2 if bidirectional else 1)

    def run(x, *rest):
        parameters = dict(zip(names, rest))
        first = rest[len(names):]
        state = (first if kind == "LSTM" else first[0]) if states else None
        if lengths:
            x = torch.nn.utils.rnn.pack_padded_sequence(x, lengths, batch_first=batch_first, enforce_sorted=False)
        y, last = torch.func.functional_call(net, parameters, (x, state) if states else (x,))
        if lengths:
            y, _ = torch.nn.utils.rnn.pad_packed_sequence(y, batch_first=batch_first)
        last = last if kind == "LSTM" else (last,)
        # One result that depends on all, so that all gradients are seen.
        return (torch.cat([y.flatten()] + [s.flatten() for s in last]),)

    x = (2, 5, 3) if batch_first else (5, 2, 3)
    first = ([(k, 2, 4)] * (2 if kind == "LSTM" else 1)) if states else []
    return run, [R(*s) for s in [x] + shapes + first]


for kind in ("LSTM", "GRU", "RNN"):
    low = kind.lower()
    for name, options in (("", {}), ("_two_ways", dict(layers=2, bidirectional=True, states=False)),
                          ("_lengths", dict(bidirectional=True, lengths=[5, 3])), ("_bare", dict(bias=False, batch_first=True, states=False))):
        run, inputs = recurrent(kind, **options)
        case(low + name, run, *inputs)
run, inputs = recurrent("RNN", activation="relu")
case("rnn_relu", run, *inputs)

path = pathlib.Path(__file__).parent / "network.safetensors"
save_file(tensors, path)
print(len(tensors), "tensors", path.stat().st_size, "bytes")

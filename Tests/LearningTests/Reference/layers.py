"""Layers: parameters and buffers under PyTorch's names, outputs, gradients of inputs and parameters."""
import torch
from torch import nn

from common import Cases

cases = Cases(3)
randn = torch.randn


def shifted(module):
    """Moves parameters away from zeros and ones, so that their gradients and effects are seen."""
    with torch.no_grad():
        for p in module.parameters():
            p.add_(randn(p.shape) * 0.3)
    return module


def case(name, module, *inputs, call=None, evaluates=True):
    """Stores state, "x0"…, "out0"… in training and "eval0"… in evaluation, and all gradients of
    the sum of outputs times "slope0"…."""
    cases.begin(name)
    module, inputs = module(), [x() for x in inputs]
    cases.order("state", module.state_dict())
    for key, value in module.state_dict().items():
        cases.put(f"state.{key}", value.double() if value.dtype.is_floating_point else value)
    run = call or (lambda m, *x: m(*x))
    inputs = [x.requires_grad_() if x.dtype.is_floating_point else x for x in inputs]

    def flat(y):
        return [y] if isinstance(y, torch.Tensor) else [t for part in y if part is not None for t in flat(part)]

    outputs = flat(run(module, *inputs))
    total = 0
    for i, y in enumerate(outputs):
        slope = randn(y.shape)
        cases.put(f"slope{i}", slope)
        cases.put(f"out{i}", y)
        if y.requires_grad:
            total = total + (y * slope).sum()
    total.backward()
    for i, x in enumerate(inputs):
        cases.put(f"x{i}", x)
        if x.grad is not None:
            cases.put(f"xgrad{i}", x.grad)
    for key, p in module.named_parameters():
        if p.grad is not None:
            cases.put(f"grad.{key}", p.grad)
    for key, value in module.named_buffers():
        cases.put(f"after.{key}", value)
    if evaluates:
        module.eval()
        with torch.no_grad():
            for i, y in enumerate(flat(run(module, *inputs))):
                cases.put(f"eval{i}", y)


case("Linear", lambda: nn.Linear(5, 3), lambda: randn(4, 5))
case("Linear.nobias", lambda: nn.Linear(5, 3, bias=False), lambda: randn(2, 3, 5))
case("Flatten", lambda: nn.Flatten(), lambda: randn(2, 3, 4))
case("Sequential", lambda: nn.Sequential(nn.Linear(5, 4), nn.Tanh(), nn.Linear(4, 2)), lambda: randn(3, 5))
for name, options in [
    ("ReLU", {}), ("ReLU6", {}), ("LeakyReLU", {}), ("LeakyReLU", dict(negative_slope=0.2)), ("ELU", dict(alpha=0.7)),
    ("SELU", {}), ("GELU", {}), ("GELU", dict(approximate="tanh")), ("SiLU", {}), ("Mish", {}), ("Sigmoid", {}),
    ("LogSigmoid", {}), ("Tanh", {}), ("Hardtanh", dict(min_val=-0.5, max_val=2.0)), ("Hardsigmoid", {}),
    ("Hardswish", {}), ("Softplus", {}), ("Softplus", dict(beta=2.0, threshold=3.0)), ("Softsign", {}),
    ("Softmax", dict(dim=1)), ("LogSoftmax", dict(dim=1)), ("GLU", dict(dim=1)),
]:
    suffix = "".join(f".{k}" for k in options)
    case(name + suffix, lambda: getattr(nn, name)(**options), lambda: randn(4, 6) * 3)

rand = torch.rand
case("PReLU", lambda: nn.PReLU(), lambda: randn(4, 6))
case("PReLU.channels", lambda: nn.PReLU(3, init=0.1), lambda: randn(2, 3, 4))
case("Bilinear", lambda: nn.Bilinear(3, 4, 2), lambda: randn(5, 3), lambda: randn(5, 4))
case("Embedding", lambda: nn.Embedding(6, 3), lambda: torch.randint(0, 6, (2, 5)))
case("Embedding.padding_idx", lambda: nn.Embedding(6, 3, padding_idx=-1), lambda: torch.tensor([[0, 5, 2], [5, 2, 2]]))
for mode in ["sum", "mean", "max"]:
    case(f"EmbeddingBag.{mode}", lambda: nn.EmbeddingBag(6, 3, mode=mode), lambda: torch.randint(0, 6, (2, 5)))
case("EmbeddingBag.offsets", lambda: nn.EmbeddingBag(6, 3, mode="sum"), lambda: torch.randint(0, 6, (7,)),
     lambda: torch.tensor([0, 2, 2]), lambda: rand(7), call=lambda m, x, o, w: m(x, o, w))
case("LayerNorm", lambda: shifted(nn.LayerNorm(6)), lambda: randn(4, 6))
case("LayerNorm.two", lambda: shifted(nn.LayerNorm([3, 4], eps=1e-3)), lambda: randn(2, 3, 4))
case("LayerNorm.plain", lambda: nn.LayerNorm(6, elementwise_affine=False), lambda: randn(4, 6))
case("RMSNorm", lambda: shifted(nn.RMSNorm(6)), lambda: randn(4, 6))
case("GroupNorm", lambda: shifted(nn.GroupNorm(2, 6)), lambda: randn(3, 6, 2, 2))
case("BatchNorm1d", lambda: shifted(nn.BatchNorm1d(4)), lambda: randn(5, 4))
case("BatchNorm1d.long", lambda: shifted(nn.BatchNorm1d(4, momentum=None)), lambda: randn(3, 4, 5))
case("BatchNorm2d", lambda: shifted(nn.BatchNorm2d(3, momentum=0.3)), lambda: randn(2, 3, 4, 4))
case("BatchNorm2d.plain", lambda: nn.BatchNorm2d(3, affine=False, track_running_stats=False), lambda: randn(2, 3, 4, 4))
case("InstanceNorm2d", lambda: nn.InstanceNorm2d(3), lambda: randn(2, 3, 4, 4))
case("InstanceNorm2d.tracking", lambda: shifted(nn.InstanceNorm2d(3, affine=True, track_running_stats=True)), lambda: randn(2, 3, 4, 4))
case("Conv1d", lambda: nn.Conv1d(3, 4, 3, stride=2, padding=1), lambda: randn(2, 3, 9))
case("Conv2d", lambda: nn.Conv2d(3, 4, 3), lambda: randn(2, 3, 6, 5))
case("Conv2d.options", lambda: nn.Conv2d(4, 6, (3, 2), stride=(2, 1), padding=(1, 0), dilation=(1, 2), groups=2, bias=False), lambda: randn(2, 4, 7, 6))
case("Conv2d.same", lambda: nn.Conv2d(2, 3, 4, padding="same"), lambda: randn(1, 2, 6, 5))
case("Conv2d.reflect", lambda: nn.Conv2d(2, 3, 3, padding=(2, 1), padding_mode="reflect"), lambda: randn(1, 2, 6, 5))
case("Conv2d.circular", lambda: nn.Conv2d(2, 3, 4, padding="same", padding_mode="circular"), lambda: randn(1, 2, 6, 5))
case("Conv3d", lambda: nn.Conv3d(2, 3, 2, padding=1), lambda: randn(1, 2, 3, 4, 3))
case("ConvTranspose1d", lambda: nn.ConvTranspose1d(3, 2, 4, stride=2, padding=1), lambda: randn(2, 3, 5))
case("ConvTranspose2d", lambda: nn.ConvTranspose2d(4, 6, 3, stride=2, padding=1, output_padding=1, groups=2), lambda: randn(1, 4, 4, 3))
case("MaxPool1d", lambda: nn.MaxPool1d(3, stride=2, padding=1), lambda: randn(2, 3, 8))
case("MaxPool2d", lambda: nn.MaxPool2d(2), lambda: randn(2, 3, 6, 5))
case("MaxPool2d.options", lambda: nn.MaxPool2d((3, 2), stride=(2, 1), padding=(1, 0), dilation=(1, 2), ceil_mode=True), lambda: randn(2, 3, 7, 6))
case("AvgPool1d", lambda: nn.AvgPool1d(3, stride=2, padding=1), lambda: randn(2, 3, 8))
case("AvgPool2d", lambda: nn.AvgPool2d(3, stride=2, padding=1, count_include_pad=False), lambda: randn(2, 3, 7, 6))
case("AdaptiveAvgPool2d", lambda: nn.AdaptiveAvgPool2d((3, None)), lambda: randn(2, 3, 7, 5))
case("AdaptiveMaxPool2d", lambda: nn.AdaptiveMaxPool2d(2), lambda: randn(2, 3, 7, 5))
case("Unflatten", lambda: nn.Unflatten(1, (2, 3)), lambda: randn(4, 6))
case("Upsample", lambda: nn.Upsample(scale_factor=2), lambda: randn(1, 2, 3, 4))
case("Upsample.bilinear", lambda: nn.Upsample(size=(5, 7), mode="bilinear"), lambda: randn(1, 2, 3, 4))
case("PixelShuffle", lambda: nn.PixelShuffle(2), lambda: randn(1, 8, 2, 3))
case("ZeroPad2d", lambda: nn.ZeroPad2d((1, 2, 0, 3)), lambda: randn(1, 2, 3, 4))
case("ReflectionPad2d", lambda: nn.ReflectionPad2d(2), lambda: randn(1, 2, 3, 4))
case("RNN", lambda: nn.RNN(3, 4), lambda: randn(5, 2, 3))
case("RNN.relu", lambda: nn.RNN(3, 4, num_layers=2, nonlinearity="relu", batch_first=True), lambda: randn(2, 5, 3), lambda: randn(2, 2, 4))
case("LSTM", lambda: nn.LSTM(3, 4), lambda: randn(5, 2, 3))
case("LSTM.states", lambda: nn.LSTM(3, 4), lambda: randn(5, 2, 3), lambda: randn(1, 2, 4), lambda: randn(1, 2, 4),
     call=lambda m, x, h, c: m(x, (h, c)))
case("LSTM.deep", lambda: nn.LSTM(3, 4, num_layers=2, bidirectional=True, batch_first=True, bias=False), lambda: randn(2, 5, 3))
case("LSTM.single", lambda: nn.LSTM(3, 4), lambda: randn(5, 3))
case("GRU", lambda: nn.GRU(3, 4), lambda: randn(5, 2, 3))
case("GRU.deep", lambda: nn.GRU(3, 4, num_layers=2, bidirectional=True), lambda: randn(5, 2, 3), lambda: randn(4, 2, 4))


def packed(module, x, *states, batch_first=False):
    y = nn.utils.rnn.pack_padded_sequence(x, torch.tensor([5, 2, 3]), batch_first=batch_first, enforce_sorted=False)
    y, rest = module(y, *states)
    return nn.utils.rnn.pad_packed_sequence(y, batch_first=batch_first)[0], rest


case("LSTM.packed", lambda: nn.LSTM(3, 4, bidirectional=True), lambda: randn(5, 3, 3), call=packed)
case("GRU.packed", lambda: nn.GRU(3, 4, num_layers=2), lambda: randn(5, 3, 3), call=packed)
case("RNNCell", lambda: nn.RNNCell(3, 4), lambda: randn(2, 3), lambda: randn(2, 4))
case("LSTMCell", lambda: nn.LSTMCell(3, 4), lambda: randn(2, 3), lambda: randn(2, 4), lambda: randn(2, 4),
     call=lambda m, x, h, c: m(x, (h, c)))
case("GRUCell", lambda: nn.GRUCell(3, 4), lambda: randn(2, 3), lambda: randn(2, 4))

case("MultiheadAttention", lambda: shifted(nn.MultiheadAttention(6, 2)), lambda: randn(3, 2, 6), lambda: randn(4, 2, 6), lambda: randn(4, 2, 6))
case("MultiheadAttention.sizes", lambda: shifted(nn.MultiheadAttention(6, 3, kdim=4, vdim=5, batch_first=True)),
     lambda: randn(2, 3, 6), lambda: randn(2, 4, 4), lambda: randn(2, 4, 5))
case("MultiheadAttention.self", lambda: shifted(nn.MultiheadAttention(6, 2, batch_first=True)), lambda: randn(2, 4, 6),
     call=lambda m, x: m(x, x, x, need_weights=False)[0], evaluates=False)
case("MultiheadAttention.causal", lambda: shifted(nn.MultiheadAttention(6, 2, batch_first=True, bias=False)), lambda: randn(2, 4, 6),
     call=lambda m, x: m(x, x, x, need_weights=False, attn_mask=nn.Transformer.generate_square_subsequent_mask(4), is_causal=True)[0], evaluates=False)
MASK = torch.tensor([[0, 1, 0, 0], [0, 0, 0, 1], [1, 0, 1, 0]]).bool()
PADDING = torch.tensor([[0, 0, 0, 1], [0, 0, 0, 0]]).bool()
case("MultiheadAttention.masked", lambda: shifted(nn.MultiheadAttention(6, 2)), lambda: randn(3, 2, 6), lambda: randn(4, 2, 6),
     lambda: randn(4, 2, 6), evaluates=False,
     call=lambda m, q, k, v: m(q, k, v, attn_mask=MASK, key_padding_mask=PADDING, average_attn_weights=False))
case("MultiheadAttention.added", lambda: shifted(nn.MultiheadAttention(6, 2)), lambda: randn(3, 2, 6), lambda: randn(4, 2, 6),
     lambda: randn(4, 2, 6), lambda: randn(4, 3, 4), evaluates=False, call=lambda m, q, k, v, b: m(q, k, v, attn_mask=b, need_weights=False)[0])
OPTIONS = dict(dim_feedforward=8, dropout=0.0)
case("TransformerEncoderLayer", lambda: shifted(nn.TransformerEncoderLayer(6, 2, **OPTIONS)), lambda: randn(4, 2, 6))
case("TransformerEncoderLayer.options",
     lambda: shifted(nn.TransformerEncoderLayer(6, 2, **OPTIONS, activation="gelu", norm_first=True, batch_first=True, bias=False, layer_norm_eps=1e-3)),
     lambda: randn(2, 4, 6))
case("TransformerEncoder", lambda: nn.TransformerEncoder(shifted(nn.TransformerEncoderLayer(6, 2, **OPTIONS, batch_first=True)), 2, nn.LayerNorm(6), enable_nested_tensor=False),
     lambda: randn(2, 4, 6), evaluates=False,
     call=lambda m, x: m(x, mask=nn.Transformer.generate_square_subsequent_mask(4), src_key_padding_mask=PADDING.double() * -1e9))
case("TransformerDecoderLayer", lambda: shifted(nn.TransformerDecoderLayer(6, 2, **OPTIONS)), lambda: randn(3, 2, 6), lambda: randn(4, 2, 6))
case("TransformerDecoderLayer.normFirst", lambda: shifted(nn.TransformerDecoderLayer(6, 2, **OPTIONS, norm_first=True)), lambda: randn(3, 2, 6), lambda: randn(4, 2, 6))
case("TransformerDecoder", lambda: nn.TransformerDecoder(shifted(nn.TransformerDecoderLayer(6, 2, **OPTIONS, batch_first=True)), 2, nn.LayerNorm(6)),
     lambda: randn(2, 3, 6), lambda: randn(2, 4, 6), evaluates=False,
     call=lambda m, x, y: m(x, y, tgt_mask=nn.Transformer.generate_square_subsequent_mask(3), memory_key_padding_mask=PADDING, tgt_is_causal=True))

# Options that the cases above leave out.
case("Linear.vector", lambda: nn.Linear(5, 3), lambda: randn(5))
case("ELU", lambda: nn.ELU(), lambda: randn(4, 6) * 3)
case("Hardtanh", lambda: nn.Hardtanh(), lambda: randn(4, 6) * 3)
case("Softmax.first", lambda: nn.Softmax(dim=0), lambda: randn(4, 6))
case("GLU.last", lambda: nn.GLU(), lambda: randn(4, 6))
case("Bilinear.nobias", lambda: nn.Bilinear(3, 4, 2, bias=False), lambda: randn(2, 5, 3), lambda: randn(2, 5, 4))
case("EmbeddingBag.padding_idx", lambda: nn.EmbeddingBag(6, 3, padding_idx=2), lambda: torch.tensor([[0, 2, 5], [2, 2, 1]]))
case("EmbeddingBag.last", lambda: nn.EmbeddingBag(6, 3, include_last_offset=True), lambda: torch.randint(0, 6, (7,)), lambda: torch.tensor([0, 2, 5, 7]))
case("LayerNorm.nobias", lambda: shifted(nn.LayerNorm(6, bias=False)), lambda: randn(4, 6))
case("RMSNorm.two", lambda: shifted(nn.RMSNorm([3, 4], eps=1e-3)), lambda: randn(2, 3, 4))
case("RMSNorm.plain", lambda: nn.RMSNorm(6, elementwise_affine=False), lambda: randn(4, 6))
case("GroupNorm.plain", lambda: nn.GroupNorm(3, 6, eps=1e-3, affine=False), lambda: randn(3, 6, 2))
case("BatchNorm2d.average", lambda: shifted(nn.BatchNorm2d(3, momentum=None, eps=1e-3)), lambda: randn(2, 3, 4, 4))
case("BatchNorm1d.plain", lambda: nn.BatchNorm1d(4, affine=False), lambda: randn(5, 4))
case("InstanceNorm1d", lambda: shifted(nn.InstanceNorm1d(3, affine=True)), lambda: randn(2, 3, 6))
case("InstanceNorm1d.single", lambda: nn.InstanceNorm1d(3), lambda: randn(3, 6))
case("InstanceNorm2d.single", lambda: nn.InstanceNorm2d(3, eps=1e-3), lambda: randn(3, 4, 4))
case("Conv1d.options", lambda: nn.Conv1d(4, 6, 3, padding=2, dilation=2, groups=2, bias=False), lambda: randn(2, 4, 9))
case("Conv1d.replicate", lambda: nn.Conv1d(2, 3, 3, padding=2, padding_mode="replicate"), lambda: randn(2, 2, 7))
case("Conv1d.same", lambda: nn.Conv1d(2, 3, 4, padding="same", dilation=2), lambda: randn(2, 2, 9))
case("Conv2d.valid", lambda: nn.Conv2d(2, 3, 3, padding="valid"), lambda: randn(1, 2, 6, 5))
case("Conv2d.replicate", lambda: nn.Conv2d(2, 3, (3, 2), stride=2, padding=1, padding_mode="replicate"), lambda: randn(1, 2, 6, 5))
case("Conv2d.depthwise", lambda: nn.Conv2d(3, 6, 3, padding=1, groups=3), lambda: randn(2, 3, 5, 5))
case("Conv2d.single", lambda: nn.Conv2d(2, 3, 3), lambda: randn(2, 6, 5))
case("Conv2d.pointwise", lambda: nn.Conv2d(3, 4, 1, stride=2), lambda: randn(2, 3, 5, 5))
case("Conv3d.options", lambda: nn.Conv3d(4, 2, (1, 2, 3), stride=(1, 2, 1), padding=(0, 1, 1), dilation=(1, 1, 2), groups=2), lambda: randn(1, 4, 2, 5, 6))
case("Conv3d.circular", lambda: nn.Conv3d(1, 2, 3, padding=1, padding_mode="circular"), lambda: randn(1, 1, 3, 4, 3))
case("ConvTranspose1d.options", lambda: nn.ConvTranspose1d(4, 2, 3, stride=3, padding=1, output_padding=1, groups=2, dilation=2, bias=False), lambda: randn(2, 4, 5))
case("ConvTranspose2d.dilation", lambda: nn.ConvTranspose2d(2, 3, (3, 2), stride=(1, 2), padding=(1, 0), dilation=(2, 1)), lambda: randn(1, 2, 4, 3))
case("MaxPool1d.options", lambda: nn.MaxPool1d(2, stride=3, dilation=2, ceil_mode=True), lambda: randn(2, 3, 9))
case("MaxPool2d.single", lambda: nn.MaxPool2d((2, 3)), lambda: randn(3, 6, 7))
case("AvgPool1d.options", lambda: nn.AvgPool1d(3, stride=2, padding=1, ceil_mode=True, count_include_pad=False), lambda: randn(2, 3, 8))
case("AvgPool2d.ceil", lambda: nn.AvgPool2d((3, 2), stride=(2, 2), ceil_mode=True), lambda: randn(2, 3, 8, 5))
case("AdaptiveAvgPool1d", lambda: nn.AdaptiveAvgPool1d(3), lambda: randn(2, 3, 7))
case("AdaptiveMaxPool1d", lambda: nn.AdaptiveMaxPool1d(3), lambda: randn(2, 3, 7))
case("AdaptiveAvgPool2d.one", lambda: nn.AdaptiveAvgPool2d(1), lambda: randn(2, 3, 4, 5))
case("Upsample.linear", lambda: nn.Upsample(scale_factor=1.5, mode="linear"), lambda: randn(1, 2, 6))
case("Upsample.corners", lambda: nn.Upsample(size=(5, 7), mode="bilinear", align_corners=True), lambda: randn(1, 2, 3, 4))
case("Upsample.bicubic", lambda: nn.Upsample(scale_factor=2, mode="bicubic"), lambda: randn(1, 2, 3, 4))
case("Upsample.trilinear", lambda: nn.Upsample(scale_factor=(2, 1, 2), mode="trilinear"), lambda: randn(1, 2, 2, 3, 2))
case("ReflectionPad2d.sides", lambda: nn.ReflectionPad2d((1, 2, 0, 1)), lambda: randn(1, 2, 3, 4))

# Recurrent layers: kinds × layers × directions × batch_first × biases, with and without lengths.
for kind in ["RNN", "LSTM", "GRU"]:
    make = getattr(nn, kind)
    case(f"{kind}.nobias", lambda: make(3, 4, bias=False), lambda: randn(5, 2, 3))
    case(f"{kind}.both", lambda: make(3, 4, bidirectional=True, batch_first=True), lambda: randn(2, 5, 3))
    case(f"{kind}.three", lambda: make(3, 2, num_layers=3, bidirectional=True), lambda: randn(4, 2, 3))
    case(f"{kind}.lengths", lambda: make(3, 4, num_layers=2, bidirectional=True, batch_first=True), lambda: randn(3, 5, 3),
         call=lambda m, x: packed(m, x, batch_first=True))
case("RNN.packed", lambda: nn.RNN(3, 4, nonlinearity="relu"), lambda: randn(5, 3, 3), lambda: randn(1, 3, 4), call=packed)
case("LSTM.packedStates", lambda: nn.LSTM(3, 4), lambda: randn(5, 3, 3), lambda: randn(1, 3, 4), lambda: randn(1, 3, 4),
     call=lambda m, x, h, c: packed(m, x, (h, c)))
case("RNNCell.relu", lambda: nn.RNNCell(3, 4, bias=False, nonlinearity="relu"), lambda: randn(2, 3), lambda: randn(2, 4))
case("LSTMCell.zero", lambda: nn.LSTMCell(3, 4, bias=False), lambda: randn(2, 3))
case("GRUCell.single", lambda: nn.GRUCell(3, 4), lambda: randn(3), lambda: randn(4))

case("MultiheadAttention.extra", lambda: shifted(nn.MultiheadAttention(6, 2, add_bias_kv=True, add_zero_attn=True)),
     lambda: randn(3, 2, 6), lambda: randn(4, 2, 6), lambda: randn(4, 2, 6), evaluates=False,
     call=lambda m, q, k, v: m(q, k, v, attn_mask=MASK, key_padding_mask=PADDING))
case("MultiheadAttention.causalPadding", lambda: shifted(nn.MultiheadAttention(6, 3, batch_first=True)), lambda: randn(2, 4, 6), evaluates=False,
     call=lambda m, x: m(x, x, x, key_padding_mask=PADDING, need_weights=False, is_causal=False,
                         attn_mask=torch.ones(4, 4).bool().triu(1))[0])
case("MultiheadAttention.unbatched", lambda: shifted(nn.MultiheadAttention(6, 2)), lambda: randn(3, 6), lambda: randn(4, 6), lambda: randn(4, 6))
case("MultiheadAttention.kdim", lambda: shifted(nn.MultiheadAttention(6, 2, kdim=4, bias=False)), lambda: randn(3, 2, 6), lambda: randn(4, 2, 4), lambda: randn(4, 2, 6))
case("TransformerEncoderLayer.gelu", lambda: shifted(nn.TransformerEncoderLayer(6, 2, **OPTIONS, activation="gelu", batch_first=True)), lambda: randn(2, 4, 6))
case("TransformerEncoderLayer.normFirst", lambda: shifted(nn.TransformerEncoderLayer(6, 2, **OPTIONS, norm_first=True)), lambda: randn(4, 2, 6))
case("TransformerEncoderLayer.masked", lambda: shifted(nn.TransformerEncoderLayer(6, 3, **OPTIONS, batch_first=True)), lambda: randn(2, 4, 6), evaluates=False,
     call=lambda m, x: m(x, src_key_padding_mask=PADDING))
case("TransformerDecoderLayer.options",
     lambda: shifted(nn.TransformerDecoderLayer(6, 2, **OPTIONS, activation="gelu", batch_first=True, bias=False, layer_norm_eps=1e-3)),
     lambda: randn(2, 3, 6), lambda: randn(2, 4, 6))
case("TransformerEncoder.plain", lambda: nn.TransformerEncoder(shifted(nn.TransformerEncoderLayer(6, 2, **OPTIONS)), 2, enable_nested_tensor=False), lambda: randn(4, 2, 6))

# Weights that are computed from others.
case("WeightNorm", lambda: nn.utils.weight_norm(nn.Linear(5, 3)), lambda: randn(4, 5))
case("WeightNorm.conv", lambda: nn.utils.weight_norm(nn.Conv2d(2, 3, 3), dim=1), lambda: randn(1, 2, 5, 5))
case("WeightNorm.whole", lambda: nn.utils.weight_norm(nn.Linear(5, 3), dim=None), lambda: randn(4, 5))
case("SpectralNorm", lambda: nn.utils.spectral_norm(nn.Linear(5, 3)), lambda: randn(4, 5))
case("SpectralNorm.conv", lambda: nn.utils.spectral_norm(nn.ConvTranspose2d(2, 3, 3), n_power_iterations=3), lambda: randn(1, 2, 4, 4))

# Options and functions that came later.
for name, options in [("CELU", dict(alpha=0.7)), ("Hardshrink", dict(lambd=0.3)), ("Softshrink", dict(lambd=0.3)), ("Tanhshrink", {}), ("Softmin", dict(dim=1))]:
    case(".".join([name, *options]), lambda: getattr(nn, name)(**options), lambda: randn(3, 4))
case("LSTM.projected", lambda: nn.LSTM(3, 4, num_layers=2, bidirectional=True, proj_size=2), lambda: randn(5, 2, 3), lambda: randn(4, 2, 2), lambda: randn(4, 2, 4),
     call=lambda m, x, h, c: m(x, (h, c)))
case("LSTM.projectedPacked", lambda: nn.LSTM(3, 4, bias=False, bidirectional=True, proj_size=2), lambda: randn(5, 3, 3), call=packed)
case("Embedding.scaled", lambda: nn.Embedding(6, 3, scale_grad_by_freq=True), lambda: torch.tensor([[0, 2, 5], [2, 2, 1]]))
case("BatchNorm2d.nobias", lambda: shifted(nn.BatchNorm2d(3, bias=False)), lambda: randn(2, 3, 4, 4))
case("GroupNorm.nobias", lambda: shifted(nn.GroupNorm(2, 4, bias=False)), lambda: randn(2, 4, 3))
case("AvgPool2d.divisor", lambda: nn.AvgPool2d(2, padding=1, divisor_override=3), lambda: randn(1, 2, 5, 5))
case("ReLU.inplace", lambda: nn.Sequential(nn.Linear(4, 3), nn.ReLU(inplace=True), nn.Linear(3, 3), nn.Hardswish(inplace=True)), lambda: randn(3, 4))

if __name__ == "__main__":
    cases.save("layers.safetensors")

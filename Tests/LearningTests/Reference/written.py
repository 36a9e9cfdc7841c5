# Reads back with NumPy, safetensors and Pillow what the program writes, and compares every element.
#   pip install numpy safetensors pillow && python written.py ../../../.build/release/nightjar
# Last run: 178 comparisons fine with NumPy 2.4.6, safetensors 0.8.0, Pillow 13.0.0.
import os, subprocess, sys, tempfile
import numpy as np, PIL, safetensors
from PIL import Image
from safetensors.numpy import load_file, save_file

SCRIPT = r'''
local dir = arg[1]
local shapes = {scalar = {}, empty = {0, 3}, line = {5}, grid = {3, 4}, block = {2, 3, 4}}
for _, dtype in ipairs{"float32", "float64", "int64", "int32", "uint8", "bool"} do
  local all = {}
  for name, shape in pairs(shapes) do
    local n = 1
    for _, size in ipairs(shape) do n = n * size end
    local values = tensor.range(1, 60)[{{1, math.max(n, 1)}}]
    if n == 0 then values = tensor.zeros(0) end
    local t = (values * 7 % 5):reshape(shape):to(dtype)
    all[name] = t
    data.save_npy(dir .. "/" .. dtype .. "_" .. name .. ".npy", t)
  end
  all.turned = all.grid:t()
  data.save_npy(dir .. "/" .. dtype .. "_turned.npy", all.turned)
  data.save_npz(dir .. "/" .. dtype .. "_stored.npz", all)
  data.save_npz(dir .. "/" .. dtype .. "_packed.npz", all, {compressed = true})
  data.save_safetensors(dir .. "/" .. dtype .. ".safetensors", all)
end
local gray = (tensor.range(1, 12):reshape(1, 3, 4) * 19 % 256):byte()
local color = (tensor.range(1, 36):reshape(3, 3, 4) * 7 % 256):byte()
local clear = (tensor.range(1, 48):reshape(4, 3, 4) * 5 % 256):byte()
data.save_image(dir .. "/gray.png", gray) data.save_image(dir .. "/color.png", color) data.save_image(dir .. "/clear.png", clear)
data.save_image(dir .. "/gray.pgm", gray) data.save_image(dir .. "/color.ppm", color) data.save_image(dir .. "/color.pnm", color)
data.save_image(dir .. "/smooth.jpg", (tensor.range(1, 768):reshape(3, 16, 16) // 4):byte(), {quality = 95})
nn.Sequential{nn.Linear(3, 2), nn.BatchNorm1d(2)}:save(dir .. "/model.safetensors")
-- What Python wrote comes back the same.
for path in io.popen("ls " .. dir .. "/python_*"):lines() do
  local back = path:gsub("python_", "back_")
  if path:find("%.npy$") then data.save_npy(back, data.load_npy(path))
  elseif path:find("%.npz$") then data.save_npz(back, data.load_npz(path))
  elseif path:find("%.safetensors$") then data.save_safetensors(back, data.load_safetensors(path))
  else data.save_npy(back .. ".npy", data.load_image(path)) end
end
'''
TYPES = dict(float32=np.float32, float64=np.float64, int64=np.int64, int32=np.int32, uint8=np.uint8, bool=np.bool_)
SHAPES = dict(scalar=(), empty=(0, 3), line=(5,), grid=(3, 4), block=(2, 3, 4))
checks = 0


def same(what, got, expected):
    global checks
    checks += 1
    if got.dtype != expected.dtype or got.shape != expected.shape or not np.array_equal(got, expected):
        sys.exit(f"{what}: {got.dtype} {got.shape} {got.tolist()}, expected {expected.dtype} {expected.shape} {expected.tolist()}")


def expected(dtype):
    arrays = {n: (np.arange(1, max(int(np.prod(s)), 1) + 1)[: int(np.prod(s))] * 7 % 5).reshape(s).astype(TYPES[dtype]) for n, s in SHAPES.items()}
    arrays["turned"] = arrays["grid"].T
    return arrays


with tempfile.TemporaryDirectory() as folder:
    rng = np.random.default_rng(0)
    pictures = {}
    for name, mode, shape, options in (
        ("gray.png", "L", (5, 7), {}), ("color.png", "RGB", (5, 7, 3), {}), ("clear.png", "RGBA", (5, 7, 4), {}), ("gray_clear.png", "LA", (5, 7, 2), {}),
        ("gray.pgm", "L", (5, 7), {}), ("color.ppm", "RGB", (5, 7, 3), {}),
    ):
        array = rng.integers(0, 256, shape, dtype=np.uint8)
        Image.fromarray(array, mode).save(f"{folder}/python_{name}", **options)
        pictures[name] = array
    # Gray with opacity is read with 4 channels.
    pictures["gray_clear.png"] = pictures["gray_clear.png"][..., [0, 0, 0, 1]]
    palette = Image.fromarray(rng.integers(0, 256, (5, 7, 3), dtype=np.uint8)).quantize(6)
    palette.save(f"{folder}/python_palette.png")
    pictures["palette.png"] = np.array(palette.convert("RGB"))
    deep = rng.integers(0, 65536, (5, 7), dtype=np.uint16)
    Image.fromarray(deep).save(f"{folder}/python_deep.png")
    arrays = {"fortran": np.asfortranarray(rng.normal(size=(3, 4))), "half": rng.normal(size=5).astype(np.float16), "short": np.array([-3, 7], np.int16),
              "big": np.array([1.5, -2], ">f8"), "large": np.array([2**40], np.uint64)}
    for name, array in arrays.items():
        np.save(f"{folder}/python_{name}.npy", array)
    np.savez(f"{folder}/python_stored.npz", **arrays)
    np.savez_compressed(f"{folder}/python_packed.npz", **arrays)
    tensors = {d: np.arange(6).reshape(2, 3).astype(t) for d, t in TYPES.items()}
    save_file(tensors, f"{folder}/python_all.safetensors", {"made": "by Python"})
    with open(f"{folder}/script.lua", "w") as f:
        f.write(SCRIPT)
    subprocess.run([sys.argv[1], f"{folder}/script.lua", folder], check=True)
    for dtype in TYPES:
        arrays_out = expected(dtype)
        for name, array in arrays_out.items():
            same(f"{dtype}_{name}.npy", np.load(f"{folder}/{dtype}_{name}.npy"), array)
        for kind in ("stored", "packed"):
            with np.load(f"{folder}/{dtype}_{kind}.npz") as loaded:
                for name, array in arrays_out.items():
                    same(f"{dtype}_{kind}.npz {name}", loaded[name], array)
        loaded = load_file(f"{folder}/{dtype}.safetensors")
        for name, array in arrays_out.items():
            same(f"{dtype}.safetensors {name}", loaded[name], array)
    made = lambda n, shape, k: (np.arange(1, n + 1).reshape(shape) * k % 256).astype(np.uint8).transpose(1, 2, 0)
    same("gray.png", np.array(Image.open(f"{folder}/gray.png")), made(12, (1, 3, 4), 19)[..., 0])
    same("gray.pgm", np.array(Image.open(f"{folder}/gray.pgm")), made(12, (1, 3, 4), 19)[..., 0])
    for name in ("color.png", "color.ppm", "color.pnm"):
        same(name, np.array(Image.open(f"{folder}/{name}")), made(36, (3, 3, 4), 7))
    same("clear.png", np.array(Image.open(f"{folder}/clear.png")), made(48, (4, 3, 4), 5))
    smooth = np.array(Image.open(f"{folder}/smooth.jpg")).astype(int) - (np.arange(1, 769).reshape(3, 16, 16) // 4).transpose(1, 2, 0)
    assert np.abs(smooth).max() <= 12, np.abs(smooth).max()
    assert set(load_file(f"{folder}/model.safetensors")) >= {"0.weight", "0.bias", "1.running_mean"}
    for name, array in arrays.items():
        kept = {"half": np.float32, "short": np.int32, "big": np.float64, "large": np.int64}.get(name, array.dtype)
        for back in (np.load(f"{folder}/back_{name}.npy"), np.load(f"{folder}/back_stored.npz")[name], np.load(f"{folder}/back_packed.npz")[name]):
            same(f"back {name}", back, array.astype(kept))
    back = load_file(f"{folder}/back_all.safetensors")
    for name, array in tensors.items():
        same(f"back safetensors {name}", back[name], array)
    for name, array in pictures.items():
        got = np.load(f"{folder}/back_{name}.npy").transpose(1, 2, 0)
        same(f"picture {name}", got[..., 0] if array.ndim == 2 else got, array)
    got = np.load(f"{folder}/back_deep.png.npy")[0].astype(int)
    assert np.abs(got - deep / 257).max() <= 1, "16 bits"
print(f"{checks} comparisons fine: NumPy {np.__version__}, safetensors {safetensors.__version__}, Pillow {PIL.__version__}")

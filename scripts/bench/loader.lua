-- How long training waits for its loader, augmentation on: MNIST with a convolutional network and CIFAR-10
-- with a residual one, an optimizer step a batch.
--
--   nightjar scripts/bench/loader.lua [steps] [workers]
--
-- Waiting is what `next batch` takes. The first batch of a pass has nothing to hide behind and stands alone.
-- On 2 cores, one worker: MNIST steps of 7.9 ms wait 0.02 ms (0.3 %), CIFAR-10 steps of 31.6 ms 0.02 ms (0.07 %);
-- with a worker that pushes aside who wakes it they waited 0.75 ms (10 %) and 0.3 ms (0.9 %).
local steps, workers = tonumber(arg[1] or 200), tonumber(arg[2])
local D = data.transforms

local function conv(inputs, outputs, stride) return nn.Conv2d(inputs, outputs, 3, {stride = stride or 1, padding = 1, bias = false}) end

local function residual(inputs, outputs, stride)
  local shortcut = stride == 1 and nn.Identity() or nn.Sequential{nn.Conv2d(inputs, outputs, 1, {stride = stride, bias = false}), nn.BatchNorm2d(outputs)}
  local body = nn.Sequential{conv(inputs, outputs, stride), nn.BatchNorm2d(outputs), nn.ReLU(), conv(outputs, outputs), nn.BatchNorm2d(outputs)}
  return nn.Lambda(function(x) return (body(x) + shortcut(x)):relu() end), body, shortcut
end

local function cifar_model()
  local parts, learnt = {conv(3, 16), nn.BatchNorm2d(16), nn.ReLU()}, nn.ModuleList()
  for _, sizes in ipairs{{16, 16, 1}, {16, 32, 2}, {32, 64, 2}} do
    local block, body, shortcut = residual(table.unpack(sizes))
    parts[#parts + 1] = block
    learnt:append(body) learnt:append(shortcut)
  end
  parts[#parts + 1] = nn.AdaptiveAvgPool2d(1) parts[#parts + 1] = nn.Flatten() parts[#parts + 1] = nn.Linear(64, 10)
  local model = nn.Sequential(parts)
  return model, table.move(learnt:parameters(), 1, #learnt:parameters(), #model:parameters() + 1, model:parameters())
end

local function mnist_model()
  local model = nn.Sequential{
    nn.Conv2d(1, 16, 3, {padding = "same"}), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 32, 3, {padding = "same"}), nn.ReLU(), nn.MaxPool2d(2),
    nn.Flatten(), nn.Linear(32 * 7 * 7, 10),
  }
  return model, model:parameters()
end

local function measure(name, set, batch_size, model, parameters)
  tensor.manual_seed(1)
  local optimizer, criterion = optim.SGD(parameters, {lr = 0.01, momentum = 0.9}), nn.CrossEntropyLoss()
  -- What a batch costs when it is made on demand.
  local made, count = 0, 0
  for _ in data.DataLoader(set, {batch_size = batch_size, shuffle = true, workers = 0}):iter() do
    count = count + 1
    if count == 2 then made = nj.clock() end
    if count == 22 then made = (nj.clock() - made) / 20 break end
  end
  local loader = data.DataLoader(set, {batch_size = batch_size, shuffle = true, drop_last = true, workers = workers})
  local first, waited, longest, late, worked, done, passes = 0, 0, 0, 0, 0, 0, 0
  while done < steps do
    local after, isFirst = nj.clock(), true
    for x, y in loader:iter() do
      local before = nj.clock()
      local wait = before - after
      if isFirst then
        first, passes, isFirst = first + wait, passes + 1, false
      else
        waited, longest = waited + wait, math.max(longest, wait)
        if wait > 1e-3 then late = late + 1 end
      end
      optimizer:zero_grad()
      local loss = criterion(model(x), y)
      loss:backward()
      optimizer:step()
      loss:item()
      after, done = nj.clock(), done + 1
      worked = worked + after - before
      if done == steps then break end
    end
  end
  print(string.format("%-8s  batch of %d: step %.1f ms, made on demand in %.2f ms; waited %.3f %% of the time (%.3f ms a step, longest %.2f ms, %d of %d steps over 1 ms), first batch of a pass %.2f ms",
    name, batch_size, worked / done * 1e3, made * 1e3, waited / (waited + worked) * 100, waited / done * 1e3, longest * 1e3, late, done, first / passes * 1e3))
end

local mnist = data.mnist()
measure("MNIST", mnist:map(D.Compose{D.RandomAffine(10, {translate = {0.1, 0.1}, scale = {0.9, 1.1}}), D.RandomErasing(0.25)}), 128, mnist_model())
local found, cifar = pcall(data.cifar10)
if not found then print("CIFAR-10 is not here, pictures of its size take its place") end
cifar = found and cifar or data.TensorDataset(tensor.rand(4000, 3, 32, 32), tensor.randint(1, 10, {4000}))
measure("CIFAR-10", cifar:map(D.Compose{D.RandomCrop(32, {padding = 4}), D.RandomHorizontalFlip(), D.Normalize({0.49, 0.48, 0.45}, {0.25, 0.24, 0.26})}), 64, cifar_model())

-- First names, letter by letter: a GRU learns which letter comes next, then makes up names.
tensor.manual_seed(1)

local root = debug.getinfo(1, "S").source:match("^@(.*)scripts/examples/") or ""
local names = {}
for name in io.lines(root .. "Sources/Learning/Data/Shipped/names/names.txt") do names[#names + 1] = name end

-- Letter a is 2 … z is 27; 1 stands before and after a name. Labels behind the end do not count.
local length = 0
for _, name in ipairs(names) do length = math.max(length, #name + 1) end
local x, y = {}, {}
for i, name in ipairs(names) do
  x[i], y[i] = {}, {}
  for j = 1, length do
    x[i][j] = j > 1 and j <= #name + 1 and name:byte(j - 1) - 95 or 1
    y[i][j] = j <= #name and name:byte(j) - 95 or j == #name + 1 and 1 or -100
  end
end
local set = data.TensorDataset(tensor(x, {dtype = "int64"}), tensor(y, {dtype = "int64"}))
local train, test = set:split({0.9, 0.1}, {seed = 1})

local Net = nn.module("Net")

function Net:init(dim)
  self.letters = nn.Embedding(27, 32)
  self.gru = nn.GRU(32, dim, {batch_first = true})
  self.head = nn.Linear(dim, 27)
end

function Net:forward(x, h)
  local y, last = self.gru(self.letters(x), h)
  return self.head(y), last
end

local model = Net(128)
local criterion = nn.CrossEntropyLoss()
local function loss_of(x, y) return criterion(model(x):flatten(1, 2), y:flatten()) end

local epochs = 4
local loader = data.DataLoader(train, {batch_size = 128, shuffle = true})
local optimizer = optim.AdamW(model:parameters(), {lr = 3e-3})
local schedule = optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs * #loader)
local start = nj.clock()
for epoch = 1, epochs do
  local total = 0
  for x, y in loader:iter() do
    optimizer:zero_grad()
    local loss = loss_of(x, y)
    loss:backward()
    optimizer:step()
    schedule:step()
    total = total + loss:item()
  end
  print(string.format("epoch %d  loss %.4f", epoch, total / #loader))
end
local seconds = nj.clock() - start

model:eval()
autograd.no_grad(function()
  for _ = 1, 10 do
    local name, letter, h = "", 1, nil
    repeat
      local scores
      scores, h = model(tensor({{letter}}, {dtype = "int64"}), h)
      letter = scores:flatten():softmax(1):multinomial(1):item()
      if letter > 1 then name = name .. string.char(letter + 95) end
    until letter == 1 or #name == 20
    print(name)
  end
  local total, batches = 0, 0
  for x, y in data.DataLoader(test, {batch_size = 500}):iter() do total, batches = total + loss_of(x, y):item(), batches + 1 end
  print(string.format("loss %.4f a letter on names not seen (knowing nothing: %.4f) after %.0f s of training",
    total / batches, math.log(27), seconds))
end)

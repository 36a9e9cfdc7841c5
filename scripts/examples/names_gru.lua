-- First names, letter by letter: a GRU learns which letter comes next, then makes up names.
tensor.manual_seed(1)

-- A dot stands before and after a name. Labels behind the end do not count.
local train, test = data.names()
local tokenizer = data.CharTokenizer(".abcdefghijklmnopqrstuvwxyz")
local border = tokenizer:encode(".")[1]:item()

local function set(names)
  local x, y = {}, {}
  for i, name in ipairs(names) do
    local tokens = tokenizer:encode("." .. name .. ".")
    x[i], y[i] = tokens[{{1, -2}}], tokens[{{2, -1}}]
  end
  return data.TensorDataset(data.pad_sequence(x, {batch_first = true, padding_value = border}),
    data.pad_sequence(y, {batch_first = true, padding_value = -100}))
end

local Net = nn.module("Net")

function Net:init(dim)
  self.letters = nn.Embedding(#tokenizer, 32)
  self.gru = nn.GRU(32, dim, {batch_first = true})
  self.head = nn.Linear(dim, #tokenizer)
end

function Net:forward(x, h)
  local y, last = self.gru(self.letters(x), h)
  return self.head(y), last
end

local model = Net(128)
local criterion = nn.CrossEntropyLoss()
local function loss_of(x, y) return criterion(model(x):flatten(1, 2), y:flatten()) end

local epochs = 4
local loader = data.DataLoader(set(train), {batch_size = 128, shuffle = true})
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
    local name, letter, h = {}, border, nil
    repeat
      local scores
      scores, h = model(tensor({{letter}}, {dtype = "int64"}), h)
      letter = scores:flatten():softmax(1):multinomial(1):item()
      if letter ~= border then name[#name + 1] = letter end
    until letter == border or #name == 20
    print(tokenizer:decode(name))
  end
  local total, batches = 0, 0
  for x, y in data.DataLoader(set(test), {batch_size = 500}):iter() do total, batches = total + loss_of(x, y):item(), batches + 1 end
  print(string.format("loss %.4f a letter on names not seen (knowing nothing: %.4f) after %.0f s of training",
    total / batches, math.log(#tokenizer), seconds))
end)

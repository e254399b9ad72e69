local conformance = require("conformance")

local files = { "arguments", "bodies", "documentation", "errors", "paging", "requests", "retries" }

for _, file in ipairs(files) do
    describe("conformance: " .. file, function()
        for _, row in ipairs(conformance.rows(file .. ".json")) do
            it(row.name, function()
                conformance.play(row)
            end)
        end
    end)
end

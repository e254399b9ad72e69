local conformance = require("conformance")

for _, file in ipairs(conformance.files()) do
    describe("conformance: " .. file, function()
        for _, row in ipairs(conformance.rows(file)) do
            it(row.name, function()
                conformance.play(row)
            end)
        end
    end)
end

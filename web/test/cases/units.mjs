// What can be tried without a page: the page's own arithmetic of text, as Vite serves it.
import assert from "node:assert/strict";
import {pathToFileURL} from "node:url";
import {join} from "node:path";
import {build} from "vite";

const kRoot = new URL("../..", import.meta.url).pathname;

/** A module of web/src as Node can run it. */
async function module(folder, source) {
  const name = source.replace(/\W/g, "_");
  await build({
    root: kRoot,
    configFile: false,
    logLevel: "error",
    build: {
      outDir: join(folder, "units"),
      emptyOutDir: false,
      minify: false,
      lib: {entry: join(kRoot, "src", source), formats: ["es"], fileName: () => `${name}.mjs`},
    },
  });
  return import(pathToFileURL(join(folder, "units", `${name}.mjs`)).href);
}

export const cases = [
  {
    name: "units: settings as TOML, alone and into a text",
    async run({folder}) {
      const {scenarioToml, tomlValue} = await module(folder, "forms/toml_text.ts");
      assert.equal(
        scenarioToml({"plan.layout.tensor": 8, model: "a", "plan.global_batch": 4}),
        'model = "a"\n\n[plan.layout]\ntensor = 8\n\n[plan]\nglobal_batch = 4\n',
      );
      const base = '# about\nmodel = "a" # kept apart\ndevices = 8\n\n[plan]\nglobal_batch = 4\n\n[plan.layout]\ntensor = 8\n';
      assert.equal(
        scenarioToml({devices: 16, "plan.layout.pipeline": 2, site: "x"}, base),
        '# about\nmodel = "a" # kept apart\ndevices = 16\nsite = "x"\n\n[plan]\nglobal_batch = 4\n\n[plan.layout]\ntensor = 8\npipeline = 2\n',
      );
      assert.equal(scenarioToml({}, base), base);
      assert.equal(tomlValue(['say "x"', 1.5, true]), '["say \\"x\\"", 1.5, true]');
    },
  },
  {
    name: "units: texts as values",
    async run({folder}) {
      const {valueOfText, valueOfAny, textOfValue} = await module(folder, "forms/field.ts");
      assert.equal(valueOfText("integer", "8_192"), 8192);
      assert.equal(valueOfText("integer", "8.5"), "8.5");
      assert.equal(valueOfText("number", "1e3"), 1000);
      assert.equal(valueOfText("number", "."), ".");
      assert.deepEqual(valueOfText("numbers", "1, 8,x"), [1, 8, "x"]);
      assert.equal(valueOfText("truth", "true"), true);
      assert.equal(valueOfAny("2026-07"), "2026-07");
      assert.equal(valueOfAny("0.6"), 0.6);
      assert.deepEqual(valueOfAny("[1, 2]"), [1, 2]);
      assert.equal(valueOfAny("[1, 2"), "[1, 2");
      assert.equal(textOfValue([1, 8]), "1,8");
    },
  },
  {
    name: "units: options of commands from the API's description",
    async run({folder}) {
      const {commandsOf} = await module(folder, "scenario/commands.ts");
      const api = {
        paths: {
          "/api/v1/ask/plan-train": {
            post: {
              summary: "S",
              requestBody: {content: {"application/json": {schema: {$ref: "#/components/schemas/Q"}}}},
            },
          },
          "/api/v1/about": {get: {}},
        },
        components: {schemas: {Q: {properties: {set: {properties: {"plan.a": {description: "A", enum: ["x", "y"]}, devices: {}}}, options: {properties: {top: {type: "integer", default: 5}, "a-b": {type: "array", items: {type: "string"}}}}}}}},
      };
      const [command, ...others] = commandsOf(api);
      assert.equal(others.length, 0);
      assert.equal(command.command, "plan train");
      assert.deepEqual(command.options.map((option) => [option.name, option.kind, option.usual]), [["top", "integer", 5], ["a-b", "texts", undefined]]);
      assert.deepEqual(command.settings, [{key: "plan.a", help: "A", choices: ["x", "y"]}, {key: "devices", help: "", choices: []}]);
      assert.deepEqual(commandsOf({}), []);
    },
  },
  {
    name: "units: addresses there and back",
    async run({folder}) {
      const {routeOf, addressOf} = await module(folder, "route.ts");
      const address = addressOf(["catalogue", "amd_mi455x@announced"], {a: "b c", "plan.x": "1,2"});
      const route = routeOf(address);
      assert.deepEqual(route.path, ["catalogue", "amd_mi455x@announced"]);
      assert.equal(route.query.get("a"), "b c");
      assert.equal(route.query.get("plan.x"), "1,2");
      assert.deepEqual(routeOf("").path, []);
    },
  },
];

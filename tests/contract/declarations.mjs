// SPDX-License-Identifier: Apache-2.0
// Holds values against the SDK's own type declarations, read with the TypeScript compiler.
import path from "node:path";
import { createRequire } from "node:module";
import ts from "typescript";
import { tolerated } from "./undocumented.mjs";

const require = createRequire(import.meta.url);
const root = path.dirname(require.resolve("@databricks/sdk-experimental/package.json"));

const program = ts.createProgram([path.join(root, "dist/WorkspaceClient.d.ts")], {
  strict: true,
  skipLibCheck: true,
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  types: [],
});
const checker = program.getTypeChecker();
const source = program.getSourceFile(path.join(root, "dist/WorkspaceClient.d.ts"));
const client = checker.getExportsOfModule(checker.getSymbolAtLocation(source)).find((one) => one.name === "WorkspaceClient");
const clientType = checker.getDeclaredTypeOfSymbol(client);

function serviceType(service) {
  const symbol = clientType.getProperty(service);
  if (!symbol) throw new Error(`The SDK has no service ${service}`);
  return checker.getTypeOfSymbol(symbol);
}

// The names of the service's public calls, without the helpers that wait for a state.
export function methodsOf(service) {
  return serviceType(service)
    .getProperties()
    .filter((one) => {
      const declaration = one.valueDeclaration;
      if (!declaration || !ts.isMethodDeclaration(declaration)) return false;
      return !(ts.getCombinedModifierFlags(declaration) & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected));
    })
    .map((one) => one.name);
}

// What a call promises: the type of its answer, or of one item where it iterates over pages.
function answerType(service, method) {
  const symbol = serviceType(service).getProperty(method);
  const [signature] = checker.getTypeOfSymbol(symbol).getCallSignatures();
  const type = checker.getReturnTypeOfSignature(signature);
  const name = type.symbol?.name;
  if (["Promise", "AsyncIterable", "AsyncGenerator", "AsyncIterableIterator"].includes(name))
    return checker.getTypeArguments(type)[0];
  return type;
}

const scalar = {
  string: (type) => type.flags & ts.TypeFlags.StringLike,
  number: (type) => type.flags & ts.TypeFlags.NumberLike,
  boolean: (type) => type.flags & ts.TypeFlags.BooleanLike,
};

function optional(symbol) {
  return symbol.flags & ts.SymbolFlags.Optional;
}

function elementType(type) {
  return checker.getIndexTypeOfType(type, ts.IndexKind.Number);
}

// Why `value` is no `type`, in words, each with the place; and the places of fields that the declaration does not have.
function compare(value, type, place, found) {
  if (tolerated.has(place.replace(/\[\d+\]/g, "[]")) && (value === null || typeof value === "string")) return;
  if (type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) return;
  if (type.isUnion()) {
    const attempts = type.types
      .filter((one) => !(one.flags & ts.TypeFlags.Undefined))
      .map((one) => {
        const attempt = { wrong: [], unknown: [] };
        compare(value, one, place, attempt);
        return attempt;
      });
    const best = attempts.reduce((a, b) => (b.wrong.length < a.wrong.length ? b : a));
    if (best.wrong.length > 0 && type.types.every((one) => one.isLiteral()))
      found.wrong.push(`${place}: ${JSON.stringify(value)} is none of ${checker.typeToString(type).slice(0, 200)}`);
    else found.wrong.push(...best.wrong);
    found.unknown.push(...best.unknown);
    return;
  }
  if (type.isIntersection()) {
    compareFields(value, type, place, found);
    return;
  }
  if (value === null) {
    found.wrong.push(`${place}: null, where ${checker.typeToString(type)} is declared`);
    return;
  }
  const kind = typeof value;
  if (kind !== "object") {
    const literal = type.isLiteral() && type.value !== value;
    if (!scalar[kind]?.(type) || literal)
      found.wrong.push(`${place}: ${JSON.stringify(value)}, where ${checker.typeToString(type)} is declared`);
    return;
  }
  if (Array.isArray(value)) {
    const element = elementType(type);
    if (!element) found.wrong.push(`${place}: an array, where ${checker.typeToString(type)} is declared`);
    else value.forEach((item, index) => compare(item, element, `${place}[${index}]`, found));
    return;
  }
  if (!(type.flags & ts.TypeFlags.Object) || elementType(type)) {
    found.wrong.push(`${place}: an object, where ${checker.typeToString(type)} is declared`);
    return;
  }
  compareFields(value, type, place, found);
}

// Headers that the SDK puts into its answers stay text, and bodies are streams: neither is JSON.
const isHeader = (name, type) => name.includes("-") && type.flags & ts.TypeFlags.NumberLike;
const isStream = (type) => type.symbol?.name === "ReadableStream";

function compareFields(value, type, place, found) {
  const index = checker.getIndexTypeOfType(type, ts.IndexKind.String);
  for (const [name, field] of Object.entries(value)) {
    if (typeof field === "function") continue;  // wait() of a Waiter
    const symbol = type.getProperty(name);
    const declared = symbol && checker.getNonNullableType(checker.getTypeOfSymbol(symbol));
    if (declared && (isStream(declared) || isHeader(name, declared))) continue;
    if (symbol) compare(field, checker.getTypeOfSymbol(symbol), `${place}.${name}`, found);
    else if (index) compare(field, index, `${place}.${name}`, found);
    else found.unknown.push(`${checker.typeToString(type)}.${name}`);
  }
  for (const symbol of type.getProperties()) {
    if (optional(symbol) || symbol.name in value || symbol.flags & ts.SymbolFlags.Method) continue;
    found.wrong.push(`${place}.${symbol.name}: missing, though ${checker.typeToString(type)} always has it`);
  }
}

// {wrong: [text], unknown: ["Type.field"]} for what `service.method` answered.
export function check(service, method, value) {
  const found = { wrong: [], unknown: [] };
  compare(value, answerType(service, method), `${service}.${method}`, found);
  return found;
}

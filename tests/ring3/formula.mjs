// Reads a formula of Homebrew with Ruby's own parser; prints as JSON the errors, and each call with a text as its first argument,
// below the names of the blocks around it.
import { readFileSync } from "node:fs";
import { Visitor, loadPrism } from "@ruby/prism";

const parse = await loadPrism();
const { value, errors, warnings } = parse(readFileSync(process.argv[2], "utf8"));
const calls = [];
const blocks = [];

class Calls extends Visitor {
  visitCallNode(node) {
    const first = node.arguments_?.arguments_[0];
    if (first?.unescaped) {
      calls.push([...blocks, node.name, first.unescaped.value]);
    }
    if (node.block) {
      blocks.push(node.name);
      super.visitCallNode(node);
      blocks.pop();
    } else {
      super.visitCallNode(node);
    }
  }
}

value.accept(new Calls());
console.log(JSON.stringify({ errors: [...errors, ...warnings].map(({ message }) => message), calls }));

// How a script talks with its test: a line of JSON out, a line of JSON back.
import {createInterface} from "node:readline";

const lines = createInterface({input: process.stdin})[Symbol.asyncIterator]();

export const settings = JSON.parse(process.argv[2]);
export const tell = (value) => console.log(JSON.stringify(value));
export const ask = async (value) => {
  tell(value);
  return JSON.parse((await lines.next()).value);
};

// Starts `scoreline lsp` and connects the editor with it. All knowledge of rules is in the server.
"use strict";

const vscode = require("vscode");
const { LanguageClient, TransportKind } = require("vscode-languageclient/node");

const INSTALL = "pip install 'scoreline[lsp]'";
let client;

async function start() {
  const command = vscode.workspace.getConfiguration("scoreline").get("command");
  const server = { command, args: ["lsp"], transport: TransportKind.stdio };
  client = new LanguageClient("scoreline", "Scoreline", server, {
    documentSelector: [
      { scheme: "file", language: "scoreline" },
      { scheme: "file", pattern: "**/ruleset.yaml" },
    ],
    synchronize: { fileEvents: vscode.workspace.createFileSystemWatcher("**/{ruleset.yaml,*.rules,*.csv}") },
  });
  try {
    await client.start();
  } catch (error) {
    const text = `Scoreline: \`${command} lsp\` does not start (${error.message}). Install it with \`${INSTALL}\`, or set "scoreline.command".`;
    if ((await vscode.window.showErrorMessage(text, "Open the setting")) !== undefined) {
      await vscode.commands.executeCommand("workbench.action.openSettings", "scoreline.command");
    }
  }
}

async function stop() {
  if (client !== undefined && client.isRunning()) {
    await client.stop();
  }
}

async function activate(context) {
  const restart = vscode.commands.registerCommand("scoreline.restart", async () => {
    await stop();
    await start();
  });
  context.subscriptions.push(restart);
  await start();
}

module.exports = { activate, deactivate: stop };

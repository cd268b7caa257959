// GitHub's own client: `upload NAME FILE` or `download NAME FOLDER`, for the run that the variables describe.
import { DefaultArtifactClient } from "@actions/artifact";
import path from "node:path";

const [action, name, target] = process.argv.slice(2);
const client = new DefaultArtifactClient();
if (action === "upload") {
  await client.uploadArtifact(name, [target], path.dirname(target));
} else {
  const { artifact } = await client.getArtifact(name);
  const { digestMismatch } = await client.downloadArtifact(artifact.id, { path: target, expectedHash: artifact.digest });
  if (digestMismatch) throw new Error("the digest does not match");
}

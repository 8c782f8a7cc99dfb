// The text of one workflow file, or of several that are loaded as one, and how they are kept as one text.

export interface FileText {
  /** As places name it: `workflows.yaml`, `workflows/calls.yaml`. */
  readonly file: string;
  readonly text: string;
}

/** One file, or those of a folder in the order they are read. */
export type FileTexts = FileText | readonly FileText[];

export function listFiles(files: FileTexts): readonly FileText[] {
  return isOne(files) ? [files] : files;
}

/** The name of the file, or of the folder that holds them. */
export function nameFiles(files: FileTexts): string {
  if (isOne(files)) return files.file;
  const first = files[0]?.file ?? '';
  return first.includes('/') ? first.slice(0, first.lastIndexOf('/')) : first;
}

/** One text for all, with their names; of one file the text as it is. */
export function packFiles(files: FileTexts): string {
  return isOne(files) ? files.text : JSON.stringify(files.map(({ file, text }) => ({ file, text })));
}

/** What `packFiles` gave. A text that begins with a list is never a workflow file of its own. */
export function unpackFiles(file: string, text: string): FileTexts {
  return text.startsWith('[') ? (JSON.parse(text) as readonly FileText[]) : { file, text };
}

function isOne(files: FileTexts): files is FileText {
  return !Array.isArray(files);
}

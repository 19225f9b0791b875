import { useMutation } from "@tanstack/react-query";
import { useNotice } from "../app/useNotice";
import { definitionOf } from "./definitionOf";
import { download, type FileType } from "./download";
import type { Line } from "./listing";

/** Gives a line's flow as a file. */
export function useExport() {
  const notice = useNotice();
  return useMutation({
    mutationFn: async ({ line, type }: { readonly line: Line; readonly type: FileType }) =>
      download(await definitionOf(line), type),
    onError: notice.failed,
  });
}

import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { queries } from "../api/queries";
import { Gate } from "./Gate";
import { theme } from "./theme";

/** Everything that the pages stand in. */
export function App() {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" withCssVariables={false} withGlobalClasses={false}>
      <QueryClientProvider client={queries}>
        <Notifications position="bottom-center" />
        <Gate />
      </QueryClientProvider>
    </MantineProvider>
  );
}

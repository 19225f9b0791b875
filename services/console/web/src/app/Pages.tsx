import { lazy } from "react";
import { Redirect, Route, Switch } from "wouter";
import { useMe } from "../api/useMe";
import { Account } from "../account/Account";
import { FlowList } from "../flows/FlowList";
import { RunList } from "../runs/RunList";
import { AskVisitor, Visitor } from "../visitors/Visitor";

// The canvas weighs more than everything else together, so it comes when it is wanted.
const Editor = lazy(() => import("../editor/Editor"));
const Run = lazy(() => import("../runs/Run"));
const Inbox = lazy(() => import("../inbox/Inbox"));

/** Which page an address shows. */
export default function Pages() {
  return (
    <Switch>
      <Route path="/inbox">
        <Inbox visitor={null} />
      </Route>
      <Route path="/inbox/:visitor">{({ visitor }) => <Inbox visitor={visitor} />}</Route>
      <Route path="/flows" component={FlowList} />
      <Route path="/flows/:flow">{({ flow }) => <Editor key={flow} flow={flow} />}</Route>
      <Route path="/runs" component={RunList} />
      <Route path="/runs/:run">{({ run }) => <Run key={run} run={run} />}</Route>
      <Route path="/visitors" component={AskVisitor} />
      <Route path="/visitors/:visitor">{({ visitor }) => <Visitor visitor={visitor} />}</Route>
      <Route path="/account" component={Account} />
      <Route>
        <Home />
      </Route>
    </Switch>
  );
}

/** Agents come to answer; everybody else to flows. */
function Home() {
  const { data: me } = useMe();
  return <Redirect to={me?.role === "agent" ? "/inbox" : "/flows"} replace />;
}

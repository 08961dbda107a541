//! Commands and events: what they take and return.

use super::Checker;
use crate::schema::{EntityId, ObjectForm, TypeId, TypeKind};
use crate::text::diagnostic::{Diagnostic, Kind};
use crate::text::dialect::Dialect;
use crate::text::resolve::{Place, TypeRef};
use crate::text::valid::{Invalid, Valid};

impl Checker<'_, '_> {
    pub(super) fn command_or_event(
        &mut self,
        id: EntityId,
        index: usize,
        place: Place,
    ) -> Valid<()> {
        let features = self.definition_features(index, place, false);
        let pending = self
            .resolver
            .pending_arguments
            .remove(&id)
            .unwrap_or_default();
        let (what, boxed) = match id {
            EntityId::Command(id) => ("a command", self.resolver.schema[id].boxed),
            EntityId::Event(id) => ("an event", self.resolver.schema[id].boxed),
            EntityId::Type(_) => return features,
        };
        let args = pending.args.as_ref();
        let args = args.map(|ty| self.arguments(ty, what, boxed, place));
        let ret = pending.ret.as_ref();
        let ret = ret.map(|ty| self.returns(ty, id, place));
        let (args, ret) = (args.transpose(), ret.transpose());
        features?;
        let (args, ret) = (args?, ret?);
        match id {
            EntityId::Command(id) => {
                let command = &mut self.resolver.schema.commands[id.0 as usize];
                (command.args, command.ret) = (args, ret);
            }
            EntityId::Event(id) => self.resolver.schema.events[id.0 as usize].args = args,
            EntityId::Type(_) => {}
        }
        Ok(())
    }

    fn arguments(&mut self, ty: &TypeRef, what: &str, boxed: bool, place: Place) -> Valid<TypeId> {
        let at = match ty {
            TypeRef::Name(name) => name.span,
            TypeRef::Id(_) => place.name_span,
        };
        let id = self.resolve(ty, &format!("the 'data' of {what}"), place)?;
        let TypeKind::Object(object) = self.kind(id) else {
            let message = format!("the 'data' of {what} cannot be the {}", self.describe(id));
            return self.invalid(Kind::Type, at, place, message);
        };
        if object.form != ObjectForm::Struct && !boxed {
            let message = format!(
                "the 'data' of {what} can be the {} only if it is 'boxed'",
                self.describe(id)
            );
            return self.invalid(Kind::Type, at, place, message);
        }
        let is_own = self.resolver.schema[id].implicit;
        self.object(id, 0)?;
        if !is_own {
            self.inherit(id, place)?;
        }
        if self.has_conditional_members[id.0 as usize] && !boxed {
            let message =
                format!("the 'data' of {what} can have conditional members only if it is 'boxed'");
            let diagnostic = Diagnostic::new(Kind::Type, at, message).located_at(place.span);
            // Only since QEMU 8.2.
            self.resolver.reporter.style(diagnostic);
        }
        Ok(id)
    }

    fn returns(&mut self, ty: &TypeRef, command: EntityId, place: Place) -> Valid<TypeId> {
        let id = self.resolve(ty, "the 'returns' of a command", place)?;
        let element = match self.kind(id) {
            TypeKind::Array(element) => *element,
            _ => id,
        };
        let name = match command {
            EntityId::Command(id) => &self.resolver.schema[id].name,
            _ => return Ok(id),
        };
        let exceptions = &self.resolver.exceptions;
        if matches!(self.kind(element), TypeKind::Object(_)) || exceptions.returns.contains(&**name)
        {
            return Ok(id);
        }
        let at = match ty {
            TypeRef::Name(name) => name.span,
            TypeRef::Id(_) => place.name_span,
        };
        let message = format!("a command cannot return the {}", self.describe(id));
        let diagnostic = Diagnostic::new(Kind::Type, at, message)
            .located_at(place.span)
            .hint("list the command in pragma 'command-returns-exceptions'");
        if self.resolver.reporter.dialect() == Dialect::Legacy {
            return Ok(id);
        }
        self.resolver.reporter.error(diagnostic);
        Err(Invalid)
    }
}
